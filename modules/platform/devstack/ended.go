package devstack

// ended is closed when the running child has ended by itself or by a signal; nil when none was started.
func (p *process) ended() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return nil
	}
	return p.done
}

// Ended is closed when the cluster that runs now has ended, for whatever reason; nil when none runs.
func (p *Postgres) Ended() <-chan struct{} { return p.proc.ended() }

// Ended is closed when the Redis that runs now has ended, for whatever reason; nil when none runs.
func (r *Redis) Ended() <-chan struct{} { return r.proc.ended() }

// Ended is closed when the media server that runs now has ended, for whatever reason; nil when none runs.
func (l *LiveKit) Ended() <-chan struct{} { return l.proc.ended() }

// Package devstack starts and stops the servers that the demo and the tests need: PostgreSQL, Redis, LiveKit.
// Each listens on loopback only, keeps its data in a folder of its own, and dies with the program that started it.
package devstack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// process is one supervised child. It runs as an unprivileged user when this program is root.
type process struct {
	name string
	path string
	args []string
	dir  string
	log  string         // file that takes its output
	stop syscall.Signal // asks it to end in order
	env  []string
	as   *syscall.Credential

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{} // closed when the child has ended
	err  error
}

// start runs the child. The thread that forked it lives as long as the child, since the kernel sends the
// signal of a dead parent when that thread ends.
func (p *process) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		return fmt.Errorf("%s runs already", p.name)
	}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	cmd := exec.Command(p.path, p.args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, out, out
	cmd.Env = append(os.Environ(), p.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.as, Pdeathsig: p.stop, Setpgid: true}
	started := make(chan error)
	done := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer func() { _ = out.Close() }()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(done)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	p.cmd, p.done = cmd, done
	return nil
}

// end sends the signal and waits; after the grace it kills.
func (p *process) end(sig syscall.Signal, grace time.Duration) error {
	p.mu.Lock()
	cmd, done := p.cmd, p.done
	p.mu.Unlock()
	if cmd == nil {
		return nil
	}
	_ = cmd.Process.Signal(sig)
	select {
	case <-done:
	case <-time.After(grace):
		_ = cmd.Process.Kill()
		<-done
	}
	p.mu.Lock()
	p.cmd = nil
	p.mu.Unlock()
	return nil
}

// await calls ready every few milliseconds until it succeeds, the child has ended, or ctx is done.
func (p *process) await(ctx context.Context, ready func(context.Context) error) error {
	var last error
	for {
		if last = ready(ctx); last == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended at once: %w; its log: %s", p.name, errors.Join(errEnded, p.err), tail(p.log))
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w; its log: %s", p.name, errors.Join(ctx.Err(), last), tail(p.log))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

var errEnded = errors.New("the server ended")

func tail(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-2000):])
}

// credential is the unprivileged user that children run as when this program is root; nil otherwise.
func credential() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if errU == nil && errG == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("running as root and neither the user postgres nor nobody exists")
}

// FreePort finds a port on loopback that nobody listens on, below the range that the kernel gives to
// outgoing connections, so that nobody takes it by chance before the server does.
func FreePort() (int, error) {
	ports.Lock()
	defer ports.Unlock()
	if ports.next == 0 {
		ports.next = 20000 + (os.Getpid()*37)%12000
	}
	for range 12000 {
		port := ports.next
		if ports.next++; ports.next >= 32000 {
			ports.next = 20000
		}
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		return port, l.Close()
	}
	return 0, errors.New("no free port between 20000 and 32000")
}

var ports struct {
	sync.Mutex
	next int
}

// RemoveWhenDead removes the folder when this program has ended, however it ended. Tests use it, since Go has
// no hook at the end of a test program.
func RemoveWhenDead(dir string) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	watcher := exec.Command("/bin/sh", "-c",
		`read -r _; for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 0.3; rm -rf -- "$1" && exit 0; done`, "sh", dir)
	watcher.Stdin = r
	watcher.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := watcher.Start(); err != nil {
		return errors.Join(err, r.Close(), w.Close())
	}
	keptOpen.Lock()
	defer keptOpen.Unlock()
	keptOpen.files = append(keptOpen.files, w)
	return r.Close()
}

var keptOpen struct { // the writing ends; the kernel closes them when the program ends
	sync.Mutex
	files []*os.File
}

// pid is the number of the running process, 0 when there is none.
func (p *process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

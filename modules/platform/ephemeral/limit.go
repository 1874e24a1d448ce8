package ephemeral

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Limit allows Count events in Per, all at once or spread out: the generic cell rate algorithm (GCRA), which gives
// back one event every Per/Count instead of all of them at the turn of a window.
type Limit struct {
	Name  string // part of the key, e.g. "login"
	Count int
	Per   time.Duration
}

// gcra decides and writes in one step on the server, by the server's clock, so that two processes cannot both take the
// last event. KEYS[1] holds the instant in microseconds at which the limit is unused again.
var gcra = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local step, per = tonumber(ARGV[1]), tonumber(ARGV[2])
local free = tonumber(redis.call('GET', KEYS[1]) or now)
if free < now then free = now end
local after = free + step
if after - now > per then
  return after - per - now
end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000))
return 0
`)

// Allow takes one event from the limit of the key. When there is none left, retryAfter says how long to wait. On an
// error nobody knows; who guards a login or a code then refuses (fails closed). A refused event costs nothing.
func (s *Store) Allow(ctx context.Context, l Limit, key string) (ok bool, retryAfter time.Duration, err error) {
	if l.Name == "" || l.Count < 1 || l.Per < time.Millisecond*time.Duration(l.Count) {
		return false, 0, fmt.Errorf("limit %q: %d per %s", l.Name, l.Count, l.Per)
	}
	per := l.Per.Microseconds()
	step := per / int64(l.Count)
	wait, err := gcra.Run(ctx, s.client, []string{limitKey(l, key)}, step, per).Int64()
	if err != nil {
		return false, 0, wrap("limit", err)
	}
	if wait > 0 {
		return false, time.Duration(wait) * time.Microsecond, nil
	}
	return true, 0, nil
}

// Reset gives the key its whole limit back, after a login that succeeded, for example.
func (s *Store) Reset(ctx context.Context, l Limit, key string) error {
	return wrap("reset", s.client.Del(ctx, limitKey(l, key)).Err())
}

func limitKey(l Limit, key string) string { return "limit:" + l.Name + ":" + key }

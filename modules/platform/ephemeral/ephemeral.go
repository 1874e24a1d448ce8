// Package ephemeral is everything the product keeps in Redis: hints that something changed, who is present, and limits.
// All of it may vanish at any moment and nothing that matters is lost. Keys and channels begin with the entity's key.
package ephemeral

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Store is the connection to Redis. It is safe for concurrent use.
type Store struct {
	client *redis.Client
	hub    *hub
}

// Open reads the address, redis://[user:password@]host:port/db or rediss:// with TLS. It does not wait for Redis: the
// product starts and runs without it.
func Open(url string) (*Store, error) {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("redis address: want redis://host:port/db") // the cause would print the password
	}
	opts.DialTimeout = time.Second
	opts.ReadTimeout = time.Second
	opts.WriteTimeout = time.Second
	opts.MaxRetries = 1
	opts.ContextTimeoutEnabled = true
	redis.SetLogger(quiet{})
	client := redis.NewClient(opts)
	return &Store{client: client, hub: newHub(client)}, nil
}

// quiet: the client's own log lines say nothing that Down and the returned errors do not.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

// Close ends all connections. Subscriptions stay open and silent.
func (s *Store) Close() error {
	s.hub.close()
	return s.client.Close()
}

// Ping says whether Redis answers.
func (s *Store) Ping(ctx context.Context) error { return wrap("ping", s.client.Ping(ctx).Err()) }

// Touch notes that key is present for ttl, a kiosk that is listening, for example.
func (s *Store) Touch(ctx context.Context, key string, ttl time.Duration) error {
	return wrap("touch", s.client.Set(ctx, "presence:"+key, "1", ttl).Err())
}

// Announce keeps a word under key for ttl, in place of the one before.
func (s *Store) Announce(ctx context.Context, key, word string, ttl time.Duration) error {
	return wrap("announce", s.client.Set(ctx, "presence:"+key, word, ttl).Err())
}

// Announced reads what was announced last under key, "" when it is over.
func (s *Store) Announced(ctx context.Context, key string) (string, error) {
	word, err := s.client.Get(ctx, "presence:"+key).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return word, wrap("announced", err)
}

// Forget ends the presence of key, or what was announced under it, at once.
func (s *Store) Forget(ctx context.Context, key string) error {
	return wrap("forget", s.client.Del(ctx, "presence:"+key).Err())
}

// Present says which of the keys were touched and are not yet over. When Redis does not answer nobody knows: the error
// is for callers that tell "absent" from "unknown".
func (s *Store) Present(ctx context.Context, keys ...string) (map[string]bool, error) {
	out := make(map[string]bool, len(keys))
	if len(keys) == 0 {
		return out, nil
	}
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = "presence:" + k
	}
	values, err := s.client.MGet(ctx, names...).Result()
	if err != nil {
		return out, wrap("present", err)
	}
	for i, v := range values {
		out[keys[i]] = v != nil
	}
	return out, nil
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("redis %s: %w", what, err)
}

// Package blob keeps files that are too large for rows: documents of a session. Each entity has its own space.
package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Store keeps files by entity and key. A key is written once and never changed.
type Store interface {
	// Put keeps what r gives and returns its length in bytes and its SHA-256. Nothing is kept when r fails. A key
	// that is taken is ErrExists.
	Put(ctx context.Context, tenant, key string, r io.Reader) (size int64, sha256 []byte, err error)
	// Open reads a file; ErrNotFound without one. The caller closes it.
	Open(ctx context.Context, tenant, key string) (io.ReadCloser, error)
	// Delete forgets a file. A file that is not there is no error.
	Delete(ctx context.Context, tenant, key string) error
	// DeleteAll forgets everything of an entity, when it leaves.
	DeleteAll(ctx context.Context, tenant string) error
}

// What a Store refuses.
var (
	ErrNotFound = errors.New("blob: no such file")
	ErrExists   = errors.New("blob: the key is taken")
	ErrKey      = errors.New("blob: not a key")
)

var (
	tenantShape = regexp.MustCompile(`^[a-z][a-z0-9_]{1,38}$`)
	keyShape    = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*){0,3}(\.[a-z0-9]{1,8})?$`)
)

// Files is a Store in a directory. It never leaves it, whatever a key says or a symbolic link points to.
type Files struct{ root *os.Root }

// NewFiles opens the directory, which is made if need be.
func NewFiles(dir string) (*Files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(filepath.Clean(dir))
	if err != nil {
		return nil, err
	}
	return &Files{root: root}, nil
}

// Close gives the directory back.
func (f *Files) Close() error { return f.root.Close() }

func name(tenant, key string) (string, error) {
	if !tenantShape.MatchString(tenant) || len(key) > 200 || !keyShape.MatchString(key) {
		return "", fmt.Errorf("%w: %q of %q", ErrKey, key, tenant)
	}
	return path.Join(tenant, key), nil
}

// Put implements Store. The file appears under its key when all of it is on the disk.
func (f *Files) Put(ctx context.Context, tenant, key string, r io.Reader) (size int64, sum []byte, err error) {
	to, err := name(tenant, key)
	if err != nil {
		return 0, nil, err
	}
	if err := f.root.MkdirAll(path.Dir(to), 0o700); err != nil {
		return 0, nil, fmt.Errorf("blob: %w", err)
	}
	from := path.Join(tenant, "."+rand.Text())
	w, err := f.root.OpenFile(from, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, nil, fmt.Errorf("blob: %w", err)
	}
	defer func() { _ = f.root.Remove(from) }()
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(w, h), reader{ctx, r})
	if err == nil {
		err = w.Sync()
	}
	if e := w.Close(); err == nil {
		err = e
	}
	if err != nil {
		return 0, nil, fmt.Errorf("blob: %w", err)
	}
	if err := f.root.Link(from, to); err != nil { // unlike a rename, a link never replaces
		if errors.Is(err, fs.ErrExist) {
			return 0, nil, ErrExists
		}
		return 0, nil, fmt.Errorf("blob: %w", err)
	}
	return size, h.Sum(nil), f.sync(path.Dir(to))
}

// sync makes the name last through a power cut.
func (f *Files) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// Open implements Store.
func (f *Files) Open(_ context.Context, tenant, key string) (io.ReadCloser, error) {
	n, err := name(tenant, key)
	if err != nil {
		return nil, err
	}
	r, err := f.root.Open(n)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return r, nil
}

// Delete implements Store.
func (f *Files) Delete(_ context.Context, tenant, key string) error {
	n, err := name(tenant, key)
	if err != nil {
		return err
	}
	if err := f.root.Remove(n); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}

// DeleteAll implements Store.
func (f *Files) DeleteAll(_ context.Context, tenant string) error {
	if !tenantShape.MatchString(tenant) {
		return ErrKey
	}
	return f.root.RemoveAll(tenant)
}

// Each reads every file of an entity in the order of the keys, for its export. A file that is deleted meanwhile
// is left out.
func (f *Files) Each(ctx context.Context, tenant string, do func(key string, r io.Reader) error) error {
	if !tenantShape.MatchString(tenant) {
		return ErrKey
	}
	err := fs.WalkDir(f.root.FS(), tenant, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		key := strings.TrimPrefix(p, tenant+"/")
		if !keyShape.MatchString(key) {
			return nil // being written
		}
		r, err := f.Open(ctx, tenant, key)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		defer func() { _ = r.Close() }()
		return errors.Join(ctx.Err(), do(key, r))
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

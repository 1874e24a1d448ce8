package blob_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/platform/blob"
)

func files(t *testing.T) (*blob.Files, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "blobs")
	f, err := blob.NewFiles(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f, dir
}

func read(t *testing.T, s blob.Store, tenant, key string) string {
	t.Helper()
	r, err := s.Open(context.Background(), tenant, key)
	require.NoError(t, err)
	defer func() { _ = r.Close() }()
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(b)
}

func TestAFileIsKeptReadAndForgotten(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, _ := files(t)
	size, sum, err := s.Put(ctx, "isernia", "2026/11/a-1.pdf", strings.NewReader("contenuto"))
	require.NoError(t, err)
	require.EqualValues(t, 9, size)
	want := sha256.Sum256([]byte("contenuto"))
	require.Equal(t, want[:], sum)
	require.Equal(t, "contenuto", read(t, s, "isernia", "2026/11/a-1.pdf"))
	_, err = s.Open(ctx, "caltanissetta", "2026/11/a-1.pdf")
	require.ErrorIs(t, err, blob.ErrNotFound, "another entity's space is another space")
	require.NoError(t, s.Delete(ctx, "isernia", "2026/11/a-1.pdf"))
	require.NoError(t, s.Delete(ctx, "isernia", "2026/11/a-1.pdf"))
	_, err = s.Open(ctx, "isernia", "2026/11/a-1.pdf")
	require.ErrorIs(t, err, blob.ErrNotFound)
}

func TestAKeyIsWrittenOnceWhoeverIsFirst(t *testing.T) {
	t.Parallel()
	s, _ := files(t)
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, _, err := s.Put(context.Background(), "isernia", "x", strings.NewReader("uno"))
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, blob.ErrExists) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, won.Load())
}

func TestNothingIsKeptOfAFileThatBroke(t *testing.T) {
	t.Parallel()
	s, dir := files(t)
	broken := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errors.New("line broke")))
	_, _, err := s.Put(context.Background(), "isernia", "x", broken)
	require.ErrorContains(t, err, "line broke")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err = s.Put(ctx, "isernia", "x", strings.NewReader("a"))
	require.ErrorIs(t, err, context.Canceled)
	entries, err := os.ReadDir(filepath.Join(dir, "isernia"))
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestKeysThatWouldLeaveTheSpaceAreRefused(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, dir := files(t)
	for _, k := range [][2]string{
		{"isernia", "../caltanissetta/x"}, {"isernia", "/etc/passwd"}, {"isernia", "a/../../x"}, {"isernia", ""}, {"isernia", "."},
		{"isernia", "a//b"}, {"isernia", ".hidden"}, {"isernia", "A"}, {"isernia", "a\x00b"}, {"..", "x"}, {"", "x"}, {"is/ernia", "x"},
		{"isernia", strings.Repeat("a", 201)},
	} {
		_, _, err := s.Put(ctx, k[0], k[1], strings.NewReader("x"))
		require.ErrorIs(t, err, blob.ErrKey, "%q", k)
		_, err = s.Open(ctx, k[0], k[1])
		require.ErrorIs(t, err, blob.ErrKey, "%q", k)
		require.ErrorIs(t, s.Delete(ctx, k[0], k[1]), blob.ErrKey, "%q", k)
	}
	outside := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(outside, []byte("s"), 0o600))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "isernia"), 0o700))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "isernia", "link")))
	_, err := s.Open(ctx, "isernia", "link")
	require.Error(t, err, "a symbolic link does not lead outside")
}

func TestAnEntityThatLeavesTakesAllItsFiles(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, _ := files(t)
	for _, tenant := range []string{"isernia", "caltanissetta"} {
		_, _, err := s.Put(ctx, tenant, "a/b", strings.NewReader(tenant))
		require.NoError(t, err)
	}
	require.NoError(t, s.DeleteAll(ctx, "isernia"))
	_, err := s.Open(ctx, "isernia", "a/b")
	require.ErrorIs(t, err, blob.ErrNotFound)
	require.Equal(t, "caltanissetta", read(t, s, "caltanissetta", "a/b"))
	require.ErrorIs(t, s.DeleteAll(ctx, ".."), blob.ErrKey)
}

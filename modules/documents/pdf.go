package documents

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"sync"
	"time"

	"github.com/sportello/sportello/modules/kernel/problem"
)

// Renderer makes pictures of a PDF's pages with poppler's pdftoppm inside bubblewrap: no network, no files but
// its own folder, bounded processor time, memory, output and wall time. Where one of the three programs is missing
// or the sandbox does not work on this machine, a PDF is refused with "documents.pdf_unavailable".
type Renderer struct {
	probe sync.Once
	works error
	turn  chan struct{} // one at a time: a page can cost seconds of processor time
}

// limits of one rendering
const (
	renderCPU    = 8 // seconds of processor time
	renderWall   = 12 * time.Second
	renderMemory = 512 << 20
	renderFile   = 16 << 20 // bytes of one picture
	renderTotal  = 60 << 20 // bytes of all pictures
	renderSize   = "1600"   // pixels of a page's longer side
)

// NewRenderer makes the renderer; it looks for its programs at the first use.
func NewRenderer() *Renderer { return &Renderer{turn: make(chan struct{}, 1)} }

// Available says whether PDFs can be shown on this machine; the error says what is missing.
func (r *Renderer) Available(ctx context.Context) error {
	r.probe.Do(func() {
		dir, err := os.MkdirTemp("", "sportello-pdf-")
		if err != nil {
			r.works = err
			return
		}
		defer func() { _ = os.RemoveAll(dir) }()
		if out, err := sandboxed(ctx, dir, "pdftoppm", "-v").CombinedOutput(); err != nil {
			r.works = fmt.Errorf("want bubblewrap, util-linux and poppler-utils: %w: %s", err, bytes.TrimSpace(out))
		}
	})
	return r.works
}

// Render implements Pages.
func (r *Renderer) Render(ctx context.Context, pdf []byte, max int) ([][]byte, error) {
	if err := r.Available(ctx); err != nil {
		return nil, problem.New(problem.Unavailable, "documents.pdf_unavailable").Wrap(err)
	}
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return nil, problem.New(problem.Unavailable, "documents.busy").Wrap(ctx.Err())
	}
	ctx, cancel := context.WithTimeout(ctx, renderWall)
	defer cancel()
	dir, err := os.MkdirTemp("", "sportello-pdf-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.WriteFile(filepath.Join(dir, "in.pdf"), pdf, 0o600); err != nil {
		return nil, err
	}
	cmd := sandboxed(ctx, dir, "pdftoppm", "-png", "-scale-to", renderSize, "-l", strconv.Itoa(max+1), "in.pdf", "page")
	out, err := cmd.CombinedOutput()
	pages, readErr := readPages(dir)
	switch {
	case err != nil:
		return nil, problem.New(problem.Invalid, "documents.pdf_broken").Wrap(fmt.Errorf("%w: %.200s", err, out))
	case readErr != nil:
		return nil, readErr
	case len(pages) == 0:
		return nil, problem.New(problem.Invalid, "documents.pdf_broken")
	}
	return pages, nil
}

func readPages(dir string) ([][]byte, error) {
	names, err := filepath.Glob(filepath.Join(dir, "page-*.png"))
	if err != nil {
		return nil, err
	}
	sort.Strings(names) // pdftoppm pads the numbers to one width
	var pages [][]byte
	total := 0
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if sniff(b) != PNG {
			return nil, errors.New("pdftoppm wrote something that is not a PNG")
		}
		if total += len(b); total > renderTotal {
			return nil, problem.New(problem.Invalid, "documents.pdf_broken")
		}
		pages = append(pages, b)
	}
	return pages, nil
}

// sandboxed is the command in a world of its own: the system's programs to read, the folder to write, nothing else.
func sandboxed(ctx context.Context, dir, program string, args ...string) *exec.Cmd {
	full := []string{
		"--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
		"--symlink", "usr/bin", "/bin", "--ro-bind-try", "/etc/fonts", "/etc/fonts", "--tmpfs", "/tmp",
		"--bind", dir, "/work", "--chdir", "/work", "--unshare-all", "--die-with-parent", "--new-session",
		"--clearenv", "--setenv", "PATH", "/usr/bin", "--setenv", "HOME", "/tmp",
		"prlimit", "--cpu=" + strconv.Itoa(renderCPU), "--as=" + strconv.Itoa(renderMemory),
		"--fsize=" + strconv.Itoa(renderFile), "--nofile=64", "--core=0", "--", program,
	}
	cmd := exec.CommandContext(ctx, "bwrap", append(full, args...)...) //nolint:gosec // every argument is this file's; the folder is made by MkdirTemp
	cmd.Env = []string{"PATH=/usr/bin:/bin"}
	cmd.WaitDelay = time.Second
	return cmd
}

package documents

import (
	"context"
	"io"
)

// Blobs keeps bytes under an entity's name; platform/blob satisfies it.
type Blobs interface {
	Put(ctx context.Context, tenant, key string, r io.Reader) (size int64, sha256 []byte, err error)
	Open(ctx context.Context, tenant, key string) (io.ReadCloser, error)
	Delete(ctx context.Context, tenant, key string) error
}

// Pages turns a PDF into PNG pictures of its pages, at most max of them plus one that shows there are more.
// Renderer in this package satisfies it.
type Pages interface {
	Render(ctx context.Context, pdf []byte, max int) ([][]byte, error)
}

package videocall

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
)

// empty is an operation without input, or an answer without a body.
type empty struct{}

// ignored takes a body that a program may send and that says nothing.
type ignored struct {
	Body struct {
		RequestID string `json:"request_id,omitempty" doc:"Ignored: repeating the request changes nothing"`
	} `required:"false"`
}

type joinOutput struct{ Body AdmissionView }

type beatInput struct {
	Body struct {
		Peer bool `json:"peer" doc:"Whether this side receives the other"`
	}
}

type beatOutput struct {
	Body struct {
		State State `json:"state" enum:"waiting,called,connected,held,dropped,closed,abandoned,no_show"`
	}
}

type chatInput struct {
	Body struct {
		Text      string    `json:"text" minLength:"1" maxLength:"8000" doc:"At most 2,000 characters"`
		RequestID uuid.UUID `json:"request_id" format:"uuid" doc:"The same request writes once"`
	}
}

type uploadInput struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true" doc:"JPEG, PNG or PDF, at most 10 MiB"`
	}]
}

type handInInput struct {
	RawBody huma.MultipartFormFiles[struct {
		Pages     []huma.FormFile `form:"pages" required:"true" doc:"A JPEG or PNG for each page, at most 12, together at most 10 MiB"`
		Name      string          `form:"name" required:"false" maxLength:"120" doc:"What the paper is called"`
		RequestID string          `form:"request_id" required:"true" doc:"The same request makes one document"`
	}]
}

type signInput struct {
	RawBody huma.MultipartFormFiles[struct {
		Drawing   huma.FormFile `form:"drawing" required:"false" doc:"PNG of the signature"`
		Typed     string        `form:"typed" required:"false" maxLength:"400" doc:"Or the name of who cannot draw, at most 100 characters: it states that it stands for the signature"`
		AskID     string        `form:"ask_id" required:"true"`
		RequestID string        `form:"request_id" required:"true" doc:"The same request signs once"`
	}]
}

type documentOutput struct{ Body DocumentView }

type readInput struct {
	ID   string `path:"id" format:"uuid"`
	Page int    `query:"page" default:"1" minimum:"1" maximum:"21"`
}

type deskReadInput struct {
	ID       string `path:"id" format:"uuid"`
	Page     int    `query:"page" default:"1" minimum:"1" maximum:"21"`
	Original bool   `query:"original" doc:"The file as received, as a download"`
}

type contentOutput struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	CSP                string `header:"Content-Security-Policy"`
	NoSniff            string `header:"X-Content-Type-Options"`
	CacheControl       string `header:"Cache-Control"`
	Body               []byte
}

func (s *Service) apiJoin(ctx context.Context, _ *ignored) (*joinOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	in, err := s.Join(ctx, t, a)
	if err != nil {
		return nil, err
	}
	return &joinOutput{AdmissionView(in)}, nil
}

func (s *Service) apiBeat(ctx context.Context, in *beatInput) (*beatOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	out := &beatOutput{}
	out.Body.State, err = s.Beat(ctx, t, a, in.Body.Peer)
	return out, err
}

func (s *Service) apiChat(ctx context.Context, in *chatInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.Say(ctx, t, a, in.Body.Text, in.Body.RequestID)
}

func (s *Service) apiUpload(ctx context.Context, in *uploadInput) (*documentOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	file := in.RawBody.Data().File
	doc, err := s.AddDocument(ctx, t, a, file.Filename, file)
	if err != nil {
		return nil, err
	}
	return &documentOutput{Body: doc}, nil
}

func (s *Service) apiHandIn(ctx context.Context, in *handInInput) (*documentOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	form := in.RawBody.Data()
	request, err := requestOf(form.RequestID)
	if err != nil {
		return nil, err
	}
	paper := documents.Captured{Name: form.Name, Request: request}
	for _, page := range form.Pages {
		paper.Pictures = append(paper.Pictures, page)
	}
	doc, err := s.HandIn(ctx, t, a, paper)
	if err != nil {
		return nil, err
	}
	return &documentOutput{Body: doc}, nil
}

func (s *Service) apiSign(ctx context.Context, in *signInput) (*documentOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	form := in.RawBody.Data()
	sign := Signature{Typed: form.Typed}
	if sign.Ask, err = requestOf(form.AskID); err == nil {
		sign.Request, err = requestOf(form.RequestID)
	}
	if err == nil && form.Drawing.IsSet {
		sign.Drawing, err = io.ReadAll(io.LimitReader(form.Drawing, documents.MaxBytes))
	}
	if err != nil {
		return nil, err
	}
	doc, err := s.Sign(ctx, t, a, sign)
	if err != nil {
		return nil, err
	}
	return &documentOutput{Body: doc}, nil
}

// requestOf reads the number of a request that came in a form.
func requestOf(text string) (uuid.UUID, error) {
	request, err := uuid.Parse(text)
	if err != nil {
		err = problem.New(problem.Invalid, "form.invalid").WithField("request_id", "form.value").Wrap(err)
	}
	return request, err
}

func (s *Service) apiRead(ctx context.Context, in *readInput) (*contentOutput, error) {
	return s.read(ctx, in.ID, in.Page)
}

func (s *Service) apiDeskRead(ctx context.Context, in *deskReadInput) (*contentOutput, error) {
	if in.Original {
		return s.read(ctx, in.ID, documents.Original)
	}
	return s.read(ctx, in.ID, in.Page)
}

// read answers with a picture, or with the original as a download. Whatever a browser makes of it, it runs nothing.
func (s *Service) read(ctx context.Context, document string, page int) (*contentOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	doc, err := id.Parse[documents.Document](strings.ToLower(document))
	if err != nil {
		return nil, problem.New(problem.NotFound, "not_found")
	}
	c, body, err := s.Document(ctx, t, a, doc, page)
	if err != nil {
		return nil, err
	}
	out := &contentOutput{ContentType: c.MediaType, ContentDisposition: "inline", NoSniff: "nosniff",
		CSP: "sandbox; default-src 'none'", CacheControl: "no-store", Body: bytes.Clone(body)}
	if c.Original {
		out.ContentDisposition = mime.FormatMediaType("attachment", map[string]string{"filename": c.Name})
	}
	return out, nil
}

func op(method, path, name, summary, tag string) huma.Operation {
	o := huma.Operation{OperationID: name, Method: method, Path: path, Summary: summary, Tags: []string{tag},
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict,
			http.StatusUnprocessableEntity, http.StatusServiceUnavailable}}
	return o
}

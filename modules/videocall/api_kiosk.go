package videocall

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/platform/web"
)

type kioskStateOutput struct{ Body KioskState }

type startInput struct {
	Body struct {
		Code      string    `json:"code" minLength:"1" maxLength:"200" doc:"As typed or read from the QR code"`
		RequestID uuid.UUID `json:"request_id" format:"uuid" doc:"The same request opens one session"`
	}
}

// RegisterKiosk adds the kiosk's operations. Middleware before them puts the entity and the kiosk into the context.
func RegisterKiosk(api huma.API, s *Service) {
	const tag = "kiosk"
	web.Register(api, op(http.MethodGet, "/api/kiosk/state", "kiosk-state", "What the kiosk's screen shows", tag), s.apiKioskState)
	web.Register(api, op(http.MethodPost, "/api/kiosk/sessions", "kiosk-start", "Begin with a code", tag), s.apiStart)
	web.Register(api, op(http.MethodPost, "/api/kiosk/session/join", "kiosk-join", "Admission to the video", tag), s.apiJoin)
	web.Register(api, op(http.MethodPost, "/api/kiosk/session/beat", "kiosk-beat", "Sign of life in the call", tag), s.apiBeat)
	web.Register(api, op(http.MethodPost, "/api/kiosk/session/chat", "kiosk-chat", "Write to the operator", tag), s.apiChat)
	upload := op(http.MethodPost, "/api/kiosk/session/documents", "kiosk-add-document", "Hand in a captured paper", tag)
	upload.MaxBodyBytes = web.UploadLimit
	web.Register(api, upload, s.apiUpload)
	web.Register(api, op(http.MethodGet, "/api/kiosk/session/documents/{id}", "kiosk-read-document", "A page's picture", tag), s.apiRead)
	web.Register(api, op(http.MethodPost, "/api/kiosk/session/leave", "kiosk-leave", "End, or go back to the start", tag), s.apiLeave)
}

func (s *Service) apiKioskState(ctx context.Context, _ *empty) (*kioskStateOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	state, err := s.KioskState(ctx, t, a)
	return &kioskStateOutput{state}, err
}

func (s *Service) apiStart(ctx context.Context, in *startInput) (*kioskStateOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.Start(ctx, t, a, in.Body.Code, in.Body.RequestID); err != nil {
		return nil, err
	}
	state, err := s.KioskState(ctx, t, a)
	return &kioskStateOutput{state}, err
}

func (s *Service) apiLeave(ctx context.Context, _ *ignored) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.Leave(ctx, t, a)
}

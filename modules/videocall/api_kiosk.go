package videocall

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/platform/web"
)

type kioskStateOutput struct{ Body KioskState }

type startInput struct {
	Body struct {
		Code      string    `json:"code" minLength:"1" maxLength:"200" doc:"As typed or read from the QR code"`
		RequestID uuid.UUID `json:"request_id" format:"uuid" doc:"The same request opens one session"`
		VisitID   uuid.UUID `json:"visit_id,omitempty" format:"uuid" doc:"Of the approach whose room becomes the session's"`
	}
}

type visitInput struct {
	Body struct {
		VisitID uuid.UUID `json:"visit_id" format:"uuid" doc:"Drawn by the kiosk for each citizen who comes"`
	}
}

type walkInInput struct {
	Body struct {
		ServiceID uuid.UUID `json:"service_id" format:"uuid" doc:"One of those offered"`
		RequestID uuid.UUID `json:"request_id" format:"uuid" doc:"The same request opens one session"`
		VisitID   uuid.UUID `json:"visit_id,omitempty" format:"uuid" doc:"Of the approach whose room becomes the session's"`
	}
}

type ownInput struct {
	Body struct {
		RequestID uuid.UUID `json:"request_id" format:"uuid" doc:"The same request opens one session"`
	}
}

type walkInsOutput struct {
	Body struct {
		Services []WalkInView `json:"services"`
	}
}

type receiptInput struct {
	Body struct {
		SessionID uuid.UUID `json:"session_id" format:"uuid" doc:"The kiosk's latest"`
	}
}

type lackInput struct {
	Body struct {
		Lacks []string `json:"lacks" maxItems:"50" doc:"Some of the service's needed"`
	}
}

type timesOutput struct {
	Body struct {
		Times []time.Time `json:"times"`
	}
}

type moveInput struct {
	Body struct {
		Start time.Time `json:"start" doc:"One of the times"`
	}
}

type leaveInput struct {
	Body struct {
		SessionID uuid.UUID `json:"session_id" format:"uuid" doc:"One that is not the kiosk's latest is left alone"`
	}
}

// RegisterKiosk adds the kiosk's operations. Middleware before them puts the entity and the kiosk into the context.
func RegisterKiosk(api huma.API, s *Service) {
	const tag = "kiosk"
	web.Register(api, op(http.MethodGet, "/api/kiosk/state", "kiosk-state", "What the kiosk's screen shows", tag), s.apiKioskState)
	web.Register(api, op(http.MethodPost, "/api/kiosk/approach", "kiosk-approach", "Somebody is about to give a code: admission to the video, to send nothing yet", tag), s.apiApproach)
	web.Register(api, op(http.MethodPost, "/api/kiosk/approach/withdraw", "kiosk-withdraw", "They went away", tag), s.apiWithdraw)
	web.Register(api, op(http.MethodPost, "/api/kiosk/test-room", "kiosk-test-room", "The kiosk tries its line: admission to an empty room", tag), s.apiTestRoom)
	web.Register(api, op(http.MethodPost, "/api/kiosk/sessions", "kiosk-start", "Begin with a code", tag), s.apiStart)
	web.Register(api, op(http.MethodPost, "/api/kiosk/own", "kiosk-own", "Begin on the citizen's own device, at the entity's address with the personal link", tag), s.apiOwn)
	web.Register(api, op(http.MethodGet, "/api/kiosk/walk-ins", "kiosk-walk-ins", "What one may ask for without an appointment", tag), s.apiWalkIns)
	web.Register(api, op(http.MethodPost, "/api/kiosk/walk-ins", "kiosk-walk-in", "Begin without an appointment", tag), s.apiWalkIn)
	web.Register(api, op(http.MethodPost, "/api/kiosk/session/join", "kiosk-join", "Admission to the video", tag), s.apiJoin)
	web.Register(api, op(http.MethodPost, "/api/kiosk/session/beat", "kiosk-beat", "Sign of life in the call", tag), s.apiBeat)
	web.Register(api, op(http.MethodPost, "/api/kiosk/session/chat", "kiosk-chat", "Write to the operator", tag), s.apiChat)
	upload := op(http.MethodPost, "/api/kiosk/session/documents", "kiosk-add-document", "Hand in a captured paper, page by page", tag)
	upload.MaxBodyBytes = web.UploadLimit
	web.Register(api, upload, s.apiHandIn)
	web.Register(api, op(http.MethodGet, "/api/kiosk/session/documents/{id}", "kiosk-read-document", "A page's picture", tag), s.apiRead)
	sign := op(http.MethodPost, "/api/kiosk/session/signature", "kiosk-sign", "Sign what the operator asks to be signed", tag)
	sign.MaxBodyBytes = web.UploadLimit
	web.Register(api, sign, s.apiSign)
	web.Register(api, op(http.MethodPost, "/api/kiosk/session/signature/refuse", "kiosk-refuse-signature", "Do not sign", tag), s.apiRefuseToSign)
	web.Register(api, op(http.MethodPost, "/api/kiosk/receipt", "kiosk-receipt", "Send what one takes home to the appointment's address", tag), s.apiReceipt)
	web.Register(api, op(http.MethodPost, "/api/kiosk/session/lack", "kiosk-lack", "Say what one does not have", tag), s.apiLack)
	web.Register(api, op(http.MethodGet, "/api/kiosk/session/times", "kiosk-times", "Other times for the appointment", tag), s.apiTimes)
	web.Register(api, op(http.MethodPost, "/api/kiosk/session/move", "kiosk-move", "Leave, and come at another time", tag), s.apiMoveAway)
	web.Register(api, op(http.MethodPost, "/api/kiosk/session/cancel", "kiosk-cancel", "Leave, and cancel the appointment", tag), s.apiCancelAway)
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

func (s *Service) apiTestRoom(ctx context.Context, _ *ignored) (*joinOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	in, err := s.TestRoom(ctx, t, a)
	return &joinOutput{AdmissionView(in)}, err
}

func (s *Service) apiOwn(ctx context.Context, in *ownInput) (*kioskStateOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.StartOwn(ctx, t, a, in.Body.RequestID, uuid.Nil); err != nil {
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
	if _, err := s.Start(ctx, t, a, in.Body.Code, in.Body.RequestID, in.Body.VisitID); err != nil {
		return nil, err
	}
	state, err := s.KioskState(ctx, t, a)
	return &kioskStateOutput{state}, err
}

func (s *Service) apiWalkIns(ctx context.Context, _ *empty) (*walkInsOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	out := &walkInsOutput{}
	out.Body.Services, err = s.WalkInServices(ctx, t, a)
	return out, err
}

func (s *Service) apiWalkIn(ctx context.Context, in *walkInInput) (*kioskStateOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.StartWalkIn(ctx, t, a, in.Body.ServiceID, in.Body.RequestID, in.Body.VisitID); err != nil {
		return nil, err
	}
	state, err := s.KioskState(ctx, t, a)
	return &kioskStateOutput{state}, err
}

func (s *Service) apiApproach(ctx context.Context, in *visitInput) (*joinOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	admission, err := s.Approach(ctx, t, a, in.Body.VisitID)
	if err != nil {
		return nil, err
	}
	return &joinOutput{AdmissionView(admission)}, nil
}

func (s *Service) apiWithdraw(ctx context.Context, in *visitInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.Withdraw(ctx, t, a, in.Body.VisitID)
}

func (s *Service) apiLeave(ctx context.Context, in *leaveInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.Leave(ctx, t, a, ID{UUID: in.Body.SessionID})
}

func (s *Service) apiReceipt(ctx context.Context, in *receiptInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.MailReceipt(ctx, t, a, ID{UUID: in.Body.SessionID})
}

func (s *Service) apiLack(ctx context.Context, in *lackInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.Lack(ctx, t, a, in.Body.Lacks)
}

func (s *Service) apiTimes(ctx context.Context, _ *empty) (*timesOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	out := &timesOutput{}
	out.Body.Times, err = s.OtherTimes(ctx, t, a)
	return out, err
}

func (s *Service) apiMoveAway(ctx context.Context, in *moveInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.MoveAway(ctx, t, a, in.Body.Start)
}

func (s *Service) apiCancelAway(ctx context.Context, _ *empty) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.CancelAway(ctx, t, a)
}

func (s *Service) apiRefuseToSign(ctx context.Context, in *askInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.RefuseToSign(ctx, t, a, in.Body.AskID)
}

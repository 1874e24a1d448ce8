package videocall

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/web"
)

type deskStateOutput struct{ Body DeskState }

type nextOutput struct {
	Body struct {
		DeskState
		Standing  bool           `json:"standing" doc:"The page stands by in the session's room and may receive from now on"`
		Admission *AdmissionView `json:"admission,omitempty" doc:"The way into the video for who does not stand by; where it is missing too, ask to join"`
	}
}

type nextInput struct {
	Body struct {
		RequestID uuid.UUID  `json:"request_id" format:"uuid" doc:"The same request calls one person"`
		SessionID *uuid.UUID `json:"session_id,omitempty" format:"uuid" doc:"A chosen person instead of the first"`
		Why       string     `json:"why,omitempty" maxLength:"800" doc:"Why a chosen person comes before others, 3 to 200 characters"`
		Standby   string     `json:"standby,omitempty" maxLength:"100" doc:"The room in which the page stands by"`
	}
}

type standbyOutput struct {
	Body struct {
		AdmissionView
		Room string `json:"room"`
	}
}

type closeInput struct {
	Body struct {
		Outcome Outcome `json:"outcome" enum:"resolved,to_complete,redirected,not_resolved"`
		Note    string  `json:"note,omitempty" maxLength:"8000" doc:"For the office, at most 2,000 characters"`
	}
}

type identifyInput struct {
	Body struct {
		ByWhat ByWhat `json:"by_what" enum:"identity_card,passport,driving_licence,other_document,known"`
	}
}

type passInput struct {
	Body struct {
		Office    uuid.UUID `json:"office_id,omitempty" format:"uuid" doc:"Another office"`
		Colleague uuid.UUID `json:"colleague_id,omitempty" format:"uuid" doc:"Or a colleague of the same office"`
		Why       string    `json:"why" maxLength:"800" doc:"For whoever answers, 3 to 200 characters"`
	}
}

type targetsOutput struct{ Body Targets }

type dayInput struct {
	Date string `query:"date" doc:"YYYY-MM-DD; today where missing" example:"2026-05-05"`
}

type inviteInput struct {
	Body struct {
		Name      string    `json:"name,omitempty" maxLength:"240" doc:"Who is not a colleague, at most 60 characters"`
		Colleague uuid.UUID `json:"colleague_id,omitempty" format:"uuid"`
	}
}

type inviteOutput struct {
	Body struct {
		Link string `json:"link" doc:"To hand on"`
	}
}

type awayInput struct {
	Body struct {
		Guest uuid.UUID `json:"guest_id" format:"uuid"`
	}
}

type askPaperInput struct {
	Body struct {
		Name  string `json:"name" maxLength:"320" doc:"What the paper is called, at most 80 characters"`
		Pages int    `json:"pages,omitempty" doc:"How many pages are expected, at most 12; 0 where that is not known"`
	}
}

type askSignatureInput struct {
	Body struct {
		Document uuid.UUID `json:"document_id,omitempty" format:"uuid" doc:"A document of the session"`
		Title    string    `json:"title,omitempty" maxLength:"320" doc:"Or the title of a text, at most 80 characters"`
		Text     string    `json:"text,omitempty" maxLength:"16000" doc:"At most 4,000 characters"`
	}
}

type askInput struct {
	Body struct {
		AskID uuid.UUID `json:"ask_id" format:"uuid"`
	}
}

type breakInput struct {
	Body struct {
		On bool `json:"on" doc:"Begin it; false ends it"`
	}
}

type emergencyOutput struct{ Body EmergencyView }

type dayOutput struct{ Body DayView }

// RegisterDesk adds the operator's operations. Middleware before them puts the entity and the operator into the context.
func RegisterDesk(api huma.API, s *Service) {
	const tag = "desk"
	web.Register(api, op(http.MethodGet, "/api/desk/state", "desk-state", "What the operator's screen shows", tag), s.apiDeskState)
	web.Register(api, op(http.MethodPost, "/api/desk/next", "desk-next", "Call the next person", tag), s.apiNext)
	web.Register(api, op(http.MethodPost, "/api/desk/standby", "desk-standby", "Admission to the room of whoever is next, to receive nothing yet", tag), s.apiStandby)
	web.Register(api, op(http.MethodPost, "/api/desk/session/join", "desk-join", "Admission to the video", tag), s.apiJoin)
	web.Register(api, op(http.MethodPost, "/api/desk/session/beat", "desk-beat", "Sign of life in the call", tag), s.apiBeat)
	web.Register(api, op(http.MethodPost, "/api/desk/session/chat", "desk-chat", "Write to the citizen", tag), s.apiChat)
	upload := op(http.MethodPost, "/api/desk/session/documents", "desk-add-document", "Show a document at the kiosk", tag)
	upload.MaxBodyBytes = web.UploadLimit
	web.Register(api, upload, s.apiUpload)
	web.Register(api, op(http.MethodGet, "/api/desk/session/documents/{id}", "desk-read-document", "A page's picture, or the original", tag), s.apiDeskRead)
	web.Register(api, op(http.MethodPost, "/api/desk/session/papers", "desk-ask-paper", "Ask the citizen to capture a paper", tag), s.apiAskPaper)
	web.Register(api, op(http.MethodPost, "/api/desk/session/signatures", "desk-ask-signature", "Ask the citizen to sign a document or a text", tag), s.apiAskSignature)
	web.Register(api, op(http.MethodPost, "/api/desk/session/asks/withdraw", "desk-withdraw-ask", "Take back what was asked", tag), s.apiWithdrawAsk)
	web.Register(api, op(http.MethodPost, "/api/desk/session/hold", "desk-hold", "Ask the citizen to wait", tag), s.apiStep(Hold))
	web.Register(api, op(http.MethodPost, "/api/desk/session/resume", "desk-resume", "Go on after a hold", tag), s.apiStep(Resume))
	web.Register(api, op(http.MethodPost, "/api/desk/session/recall", "desk-recall", "Ring again", tag), s.apiStep(Recall))
	web.Register(api, op(http.MethodPost, "/api/desk/session/identify", "desk-identify", "Record that the person was recognised, and by what", tag), s.apiIdentify)
	web.Register(api, op(http.MethodPost, "/api/desk/session/park", "desk-park", "Set the person aside and take them back later", tag), s.apiPark)
	web.Register(api, op(http.MethodGet, "/api/desk/session/targets", "desk-targets", "Where the person can be passed", tag), s.apiTargets)
	web.Register(api, op(http.MethodPost, "/api/desk/session/pass", "desk-pass", "Pass the person to another office or colleague", tag), s.apiPass)
	web.Register(api, op(http.MethodPost, "/api/desk/session/no_show", "desk-no-show", "Nobody was there", tag), s.apiStep(Miss))
	web.Register(api, op(http.MethodPost, "/api/desk/session/close", "desk-close", "End with an outcome", tag), s.apiClose)
	web.Register(api, op(http.MethodPost, "/api/desk/session/emergency", "desk-emergency", "Somebody at the kiosk is in danger", tag), s.apiEmergency)
	web.Register(api, op(http.MethodPost, "/api/desk/session/guests", "desk-invite", "Invite an interpreter, a relative or a colleague", tag), s.apiInvite)
	web.Register(api, op(http.MethodPost, "/api/desk/session/guests/away", "desk-send-away", "End a guest's part", tag), s.apiSendAway)
	web.Register(api, op(http.MethodPost, "/api/desk/break", "desk-break", "Begin or end a break", tag), s.apiBreak)
	web.Register(api, op(http.MethodGet, "/api/desk/day", "desk-day", "The day's appointments", tag), s.apiDay)
}

func (s *Service) apiDeskState(ctx context.Context, _ *empty) (*deskStateOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	state, err := s.DeskState(ctx, t, a)
	return &deskStateOutput{state}, err
}

func (s *Service) apiNext(ctx context.Context, in *nextInput) (*nextOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	claimed, err := s.Claim(ctx, t, a, Claim{Request: in.Body.RequestID, Chosen: in.Body.SessionID, Why: in.Body.Why, Standby: in.Body.Standby})
	if err != nil {
		return nil, err
	}
	out := &nextOutput{}
	out.Body.Standing, out.Body.Admission = claimed.Standing, (*AdmissionView)(claimed.Admission)
	out.Body.DeskState = claimed.State
	return out, nil
}

func (s *Service) apiStandby(ctx context.Context, _ *ignored) (*standbyOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	room, in, err := s.Standby(ctx, t, a)
	if err != nil {
		return nil, err
	}
	out := &standbyOutput{}
	out.Body.AdmissionView, out.Body.Room = AdmissionView(in), room
	return out, nil
}

func (s *Service) apiStep(c Command) func(context.Context, *ignored) (*empty, error) {
	return func(ctx context.Context, _ *ignored) (*empty, error) {
		t, a, err := caller(ctx)
		if err != nil {
			return nil, err
		}
		return &empty{}, s.Do(ctx, t, a, c)
	}
}

func (s *Service) apiIdentify(ctx context.Context, in *identifyInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.Identify(ctx, t, a, in.Body.ByWhat)
}

func (s *Service) apiPark(ctx context.Context, _ *ignored) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.Park(ctx, t, a)
}

func (s *Service) apiTargets(ctx context.Context, _ *empty) (*targetsOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	targets, err := s.PassTargets(ctx, t, a)
	return &targetsOutput{targets}, err
}

func (s *Service) apiPass(ctx context.Context, in *passInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.Pass(ctx, t, a, To{Office: in.Body.Office, Colleague: in.Body.Colleague, Why: in.Body.Why})
}

func (s *Service) apiClose(ctx context.Context, in *closeInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.Close(ctx, t, a, in.Body.Outcome, in.Body.Note)
}

func (s *Service) apiDay(ctx context.Context, in *dayInput) (*dayOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if len(in.Date) > 10 {
		return nil, problem.New(problem.Invalid, "videocall.date").WithField("date", "videocall.date")
	}
	day, err := s.Day(ctx, t, a, in.Date)
	return &dayOutput{day}, err
}

func (s *Service) apiBreak(ctx context.Context, in *breakInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.TakeBreak(ctx, t, a, in.Body.On)
}

func (s *Service) apiEmergency(ctx context.Context, _ *ignored) (*emergencyOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	out, err := s.Emergency(ctx, t, a)
	return &emergencyOutput{out}, err
}

func (s *Service) apiInvite(ctx context.Context, in *inviteInput) (*inviteOutput, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	out := &inviteOutput{}
	out.Body.Link, err = s.Invite(ctx, t, a, in.Body.Name, in.Body.Colleague)
	return out, err
}

func (s *Service) apiSendAway(ctx context.Context, in *awayInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.SendAway(ctx, t, a, in.Body.Guest)
}

func (s *Service) apiAskPaper(ctx context.Context, in *askPaperInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.AskForPaper(ctx, t, a, in.Body.Name, in.Body.Pages)
}

func (s *Service) apiAskSignature(ctx context.Context, in *askSignatureInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.AskForSignature(ctx, t, a, ToSign(in.Body))
}

func (s *Service) apiWithdrawAsk(ctx context.Context, in *askInput) (*empty, error) {
	t, a, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.WithdrawAsk(ctx, t, a, in.Body.AskID)
}

package videocall

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/tenant"
)

const sessionColumns = `id, appointment_id, kiosk_id, office_id, service_id, service_title, service_minutes, needed,
       office_name, kiosk_name, appointment_at, start_request_id, state, state_at, version, operator_id, operator_name, room,
       rings, kiosk_joins, desk_joins, kiosk_peer, desk_peer, kiosk_seen_at, desk_seen_at, started_at, called_at,
       connected_at, closed_at, outcome, note, kiosk_ack_at, ticket,
       parked, wanted_id, wanted_name, passed_by, passed_why, lacks, rehearsal`

const sqlInsertSession = `
INSERT INTO {t}.sessions (id, appointment_id, kiosk_id, office_id, service_id, service_title, service_minutes, needed,
       office_name, kiosk_name, appointment_at, start_request_id, state, state_at, version, operator_name, room,
       rings, kiosk_joins, desk_joins, kiosk_peer, desk_peer, kiosk_seen_at, started_at, outcome, note, ticket, rehearsal,
       wanted_id, wanted_name)
VALUES (@id, @appointment, @kiosk, @office, @service, @service_title, @service_minutes, @needed,
       @office_name, @kiosk_name, @appointment_at, @request, 'waiting', @now, 1, '', @room,
       0, 0, 0, false, false, @now, @now, '', '', @ticket, @rehearsal, @wanted, @wanted_name)
ON CONFLICT DO NOTHING`

const sqlByRequest = `
SELECT ` + sessionColumns + `
  FROM {t}.sessions
 WHERE kiosk_id = @kiosk AND start_request_id = @request`

const sqlByID = `
SELECT ` + sessionColumns + `
  FROM {t}.sessions
 WHERE id = @id`

const sqlLock = sqlByID + `
   FOR UPDATE`

const sqlLiveOfKiosk = `
SELECT ` + sessionColumns + `
  FROM {t}.sessions
 WHERE kiosk_id = @kiosk AND state IN ('waiting', 'called', 'connected', 'held', 'dropped')`

const sqlLatestOfKiosk = `
SELECT ` + sessionColumns + `
  FROM {t}.sessions
 WHERE kiosk_id = @kiosk
 ORDER BY started_at DESC, id DESC
 LIMIT 1`

const sqlLiveOfOperator = `
SELECT ` + sessionColumns + `
  FROM {t}.sessions
 WHERE operator_id = @operator AND state IN ('called', 'connected', 'held', 'dropped')`

const sqlLive = `
SELECT ` + sessionColumns + `
  FROM {t}.sessions
 WHERE state IN ('waiting', 'called', 'connected', 'held', 'dropped')
 ORDER BY started_at`

const sqlByRoom = `SELECT id FROM {t}.sessions WHERE room = @room AND room <> ''`

const sqlWaiting = `
SELECT ` + sessionColumns + `
  FROM {t}.sessions
 WHERE state = 'waiting' AND office_id = ANY(@offices)
 ORDER BY appointment_at, started_at, id
 LIMIT 200`

// One click of an operator after the other: a double click must not hold a second person while it learns that it is one.
const sqlOneAtATime = `SELECT pg_advisory_xact_lock(hashtextextended(@operator, 0)) IS NULL`

// The first who waits, for exactly one of all operators who ask at once.
const sqlClaim = `
UPDATE {t}.sessions
   SET state = 'called', state_at = @now, called_at = @now, operator_id = @operator, operator_name = @name,
       room = CASE WHEN room = '' THEN @room ELSE room END, rings = 1, desk_joins = 0, kiosk_peer = false, desk_peer = false, desk_seen_at = @now,
       parked = false, wanted_id = NULL, wanted_name = '', version = version + 1
 WHERE id = (SELECT id
               FROM {t}.sessions
              WHERE state = 'waiting' AND office_id = ANY(@offices)
                AND CASE WHEN @only::uuid IS NULL THEN NOT parked AND (wanted_id IS NULL OR wanted_id = @operator::uuid) ELSE id = @only END
              ORDER BY appointment_at, started_at, id
              LIMIT 1
                FOR UPDATE SKIP LOCKED)
RETURNING ` + sessionColumns

const sqlSave = `
UPDATE {t}.sessions
   SET state = @state, state_at = @state_at, version = version + 1, operator_id = @operator, operator_name = @operator_name,
       room = @room, rings = @rings, kiosk_joins = @kiosk_joins, desk_joins = @desk_joins, kiosk_peer = @kiosk_peer,
       desk_peer = @desk_peer, kiosk_seen_at = @kiosk_seen, desk_seen_at = @desk_seen, connected_at = @connected,
       closed_at = @closed, outcome = @outcome, note = @note, kiosk_ack_at = @ack, office_id = @office, office_name = @office_name,
       parked = @parked, wanted_id = @wanted, wanted_name = @wanted_name, passed_by = @passed_by, passed_why = @passed_why
 WHERE id = @id`

// Contact is written without a new version: nothing that a screen shows has changed.
const sqlSaveKioskSeen = `UPDATE {t}.sessions SET kiosk_seen_at = @at WHERE id = @id AND kiosk_seen_at < @at`

const sqlSaveDeskSeen = `UPDATE {t}.sessions SET desk_seen_at = @at WHERE id = @id AND (desk_seen_at IS NULL OR desk_seen_at < @at)`

const sqlAhead = `
SELECT count(*) AS people, coalesce(sum(service_minutes), 0)::int AS minutes
  FROM {t}.sessions
 WHERE state = 'waiting' AND NOT parked AND NOT rehearsal AND office_id = @office AND (appointment_at, started_at, id) < (@appointment_at, @started_at, @id)`

const sqlBusyOperators = `
SELECT operator_id
  FROM {t}.sessions
 WHERE office_id = @office AND state IN ('called', 'connected', 'held', 'dropped')`

const sqlAppendEvent = `
INSERT INTO {t}.session_events (session_id, seq, kind, side, staff_id, request_id, at, recorded_at)
SELECT @session, coalesce(max(seq), 0) + 1, @kind, @side, @staff, @request, @at, @now
  FROM {t}.session_events
 WHERE session_id = @session`

const sqlEvents = `
SELECT seq, kind, side, staff_id, at, recorded_at
  FROM {t}.session_events
 WHERE session_id = @session
 ORDER BY seq`

const sqlClaimedBefore = `
SELECT count(*)
  FROM {t}.session_events
 WHERE staff_id = @staff AND request_id = @request AND kind = 'claimed'`

const sqlInsertChat = `
INSERT INTO {t}.session_chat (id, session_id, side, text, request_id, at)
VALUES (@id, @session, @side, @text, @request, @now)
ON CONFLICT ON CONSTRAINT session_chat_session_id_side_request_id_key DO NOTHING`

const sqlChat = `
SELECT id, side, text, at
  FROM (SELECT id, side, text, at FROM {t}.session_chat WHERE session_id = @session ORDER BY at DESC, id DESC LIMIT 500) AS c
 ORDER BY at, id`

const sqlView = `
INSERT INTO {t}.session_views (session_id, staff_id, at)
SELECT unnest(@sessions::uuid[]), @staff, @now
ON CONFLICT ON CONSTRAINT session_views_pkey DO NOTHING
RETURNING session_id`

const sqlInsertLiveKitEvent = `
INSERT INTO {t}.livekit_events (id, session_id, kind, identity, at, received_at)
VALUES (@id, @session, @kind, @identity, @at, @now)
ON CONFLICT ON CONSTRAINT livekit_events_pkey DO NOTHING`

func insertSession(ctx context.Context, tx *tenant.Tx, s *Session) (bool, error) {
	n, err := tenant.Exec(ctx, tx, sqlInsertSession, tenant.Args{
		"id": s.ID.UUID, "appointment": s.AppointmentID, "kiosk": s.KioskID, "office": s.OfficeID, "service": s.ServiceID,
		"service_title": s.ServiceTitle, "service_minutes": s.ServiceMinutes, "needed": s.Needed, "office_name": s.OfficeName,
		"kiosk_name": s.KioskName, "appointment_at": s.AppointmentAt, "request": s.StartRequestID, "room": s.Room, "ticket": s.Ticket,
		"rehearsal": s.Rehearsal, "wanted": s.WantedID, "wanted_name": s.WantedName, "now": tx.Now(),
	})
	return n == 1, err
}

func byRequest(ctx context.Context, tx *tenant.Tx, kiosk, request uuid.UUID) (Session, error) {
	return tenant.One[Session](ctx, tx, sqlByRequest, tenant.Args{"kiosk": kiosk, "request": request})
}

func byID(ctx context.Context, tx *tenant.Tx, session ID) (Session, error) {
	return tenant.One[Session](ctx, tx, sqlByID, tenant.Args{"id": session.UUID})
}

func lock(ctx context.Context, tx *tenant.Tx, session ID) (Session, error) {
	return tenant.One[Session](ctx, tx, sqlLock, tenant.Args{"id": session.UUID})
}

func liveOfKiosk(ctx context.Context, tx *tenant.Tx, kiosk uuid.UUID) (Session, error) {
	return tenant.One[Session](ctx, tx, sqlLiveOfKiosk, tenant.Args{"kiosk": kiosk})
}

func latestOfKiosk(ctx context.Context, tx *tenant.Tx, kiosk uuid.UUID) (Session, error) {
	return tenant.One[Session](ctx, tx, sqlLatestOfKiosk, tenant.Args{"kiosk": kiosk})
}

func liveOfOperator(ctx context.Context, tx *tenant.Tx, operator uuid.UUID) (Session, error) {
	return tenant.One[Session](ctx, tx, sqlLiveOfOperator, tenant.Args{"operator": operator})
}

func live(ctx context.Context, tx *tenant.Tx) ([]Session, error) {
	return tenant.All[Session](ctx, tx, sqlLive)
}

func byRoom(ctx context.Context, tx *tenant.Tx, room string) (uuid.UUID, error) {
	return tenant.Value[uuid.UUID](ctx, tx, sqlByRoom, tenant.Args{"room": room})
}

func waiting(ctx context.Context, tx *tenant.Tx, offices []uuid.UUID) ([]Session, error) {
	return tenant.All[Session](ctx, tx, sqlWaiting, tenant.Args{"offices": offices})
}

type claim struct {
	operator uuid.UUID
	name     string
	room     string
	offices  []uuid.UUID
	only     *uuid.UUID // a chosen person instead of the first
}

func oneAtATime(ctx context.Context, tx *tenant.Tx, operator uuid.UUID) error {
	key := "videocall.claim:" + string(tx.Tenant().Key) + ":" + operator.String()
	_, err := tenant.Value[bool](ctx, tx, sqlOneAtATime, tenant.Args{"operator": key})
	return err
}

func claimNext(ctx context.Context, tx *tenant.Tx, c claim) (Session, error) {
	return tenant.One[Session](ctx, tx, sqlClaim, tenant.Args{"now": tx.Now(), "operator": c.operator, "name": c.name,
		"room": c.room, "offices": c.offices, "only": c.only})
}

func save(ctx context.Context, tx *tenant.Tx, s *Session) error {
	_, err := tenant.Exec(ctx, tx, sqlSave, tenant.Args{
		"id": s.ID.UUID, "state": string(s.State), "state_at": s.StateAt, "operator": s.OperatorID, "operator_name": s.OperatorName,
		"room": s.Room, "rings": s.Rings, "kiosk_joins": s.KioskJoins, "desk_joins": s.DeskJoins, "kiosk_peer": s.KioskPeer,
		"desk_peer": s.DeskPeer, "kiosk_seen": s.KioskSeenAt, "desk_seen": s.DeskSeenAt, "connected": s.ConnectedAt,
		"closed": s.ClosedAt, "outcome": string(s.Outcome), "note": s.Note, "ack": s.KioskAckAt,
		"office": s.OfficeID, "office_name": s.OfficeName, "parked": s.Parked, "wanted": s.WantedID, "wanted_name": s.WantedName,
		"passed_by": s.PassedBy, "passed_why": s.PassedWhy,
	})
	return err
}

func saveSeen(ctx context.Context, tx *tenant.Tx, session ID, side Side, at time.Time) error {
	args := tenant.Args{"id": session.UUID, "at": at}
	var err error
	if side == KioskSide {
		_, err = tenant.Exec(ctx, tx, sqlSaveKioskSeen, args)
	} else {
		_, err = tenant.Exec(ctx, tx, sqlSaveDeskSeen, args)
	}
	return err
}

type ahead struct{ People, Minutes int }

func aheadOf(ctx context.Context, tx *tenant.Tx, s *Session) (ahead, error) {
	return tenant.One[ahead](ctx, tx, sqlAhead, tenant.Args{"office": s.OfficeID, "appointment_at": s.AppointmentAt,
		"started_at": s.StartedAt, "id": s.ID.UUID})
}

func busyOperators(ctx context.Context, tx *tenant.Tx, office uuid.UUID) ([]uuid.UUID, error) {
	return tenant.Values[uuid.UUID](ctx, tx, sqlBusyOperators, tenant.Args{"office": office})
}

type line struct {
	kind    EventKind
	side    Side
	staff   *uuid.UUID
	request *uuid.UUID
	at      time.Time
}

// appendEvent adds a line; the caller holds the session's row.
func appendEvent(ctx context.Context, tx *tenant.Tx, session ID, l line) error {
	_, err := tenant.Exec(ctx, tx, sqlAppendEvent, tenant.Args{"session": session.UUID, "kind": string(l.kind),
		"side": string(l.side), "staff": l.staff, "request": l.request, "at": l.at, "now": tx.Now()})
	return err
}

func events(ctx context.Context, tx *tenant.Tx, session ID) ([]Event, error) {
	return tenant.All[Event](ctx, tx, sqlEvents, tenant.Args{"session": session.UUID})
}

func claimedBefore(ctx context.Context, tx *tenant.Tx, staff, request uuid.UUID) (bool, error) {
	n, err := tenant.Value[int64](ctx, tx, sqlClaimedBefore, tenant.Args{"staff": staff, "request": request})
	return n > 0, err
}

func insertChat(ctx context.Context, tx *tenant.Tx, session ID, side Side, text string, request uuid.UUID) (bool, error) {
	n, err := tenant.Exec(ctx, tx, sqlInsertChat, tenant.Args{"id": tx.IDs()(), "session": session.UUID, "side": string(side),
		"text": text, "request": request, "now": tx.Now()})
	return n == 1, err
}

func chat(ctx context.Context, tx *tenant.Tx, session ID) ([]Message, error) {
	return tenant.All[Message](ctx, tx, sqlChat, tenant.Args{"session": session.UUID})
}

// view notes that a member of staff saw the names of these sessions and gives those not seen before.
func view(ctx context.Context, tx *tenant.Tx, staff uuid.UUID, sessions []uuid.UUID) ([]uuid.UUID, error) {
	return tenant.Values[uuid.UUID](ctx, tx, sqlView, tenant.Args{"sessions": sessions, "staff": staff, "now": tx.Now()})
}

type confirmation struct {
	id, kind, identity string
	session            *uuid.UUID
	at                 time.Time
}

func insertLiveKitEvent(ctx context.Context, tx *tenant.Tx, e confirmation) (bool, error) {
	n, err := tenant.Exec(ctx, tx, sqlInsertLiveKitEvent, tenant.Args{"id": e.id, "session": e.session, "kind": e.kind,
		"identity": e.identity, "at": e.at, "now": tx.Now()})
	return n == 1, err
}

const sqlFigures = `
SELECT outcome, service_title AS service, kiosk_name AS kiosk,
       extract(hour FROM started_at AT TIME ZONE 'Europe/Rome')::integer AS hour,
       count(*)::integer AS n, count(connected_at)::integer AS served,
       coalesce(sum(extract(epoch FROM closed_at - connected_at)), 0)::integer AS talk_seconds
FROM {t}.sessions
WHERE started_at >= @from AND started_at < @to AND closed_at IS NOT NULL AND NOT rehearsal
GROUP BY 1, 2, 3, 4`

const sqlMedians = `
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM called_at - started_at))
           FILTER (WHERE called_at IS NOT NULL) AS wait,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - connected_at))
           FILTER (WHERE connected_at IS NOT NULL) AS talk
FROM {t}.sessions
WHERE started_at >= @from AND started_at < @to AND closed_at IS NOT NULL AND NOT rehearsal`

const sqlCame = `
SELECT extract(isodow FROM started_at AT TIME ZONE 'Europe/Rome')::integer AS weekday,
       extract(hour FROM started_at AT TIME ZONE 'Europe/Rome')::integer AS hour, count(*)::integer AS n
FROM {t}.sessions
WHERE started_at >= @from AND started_at < @to AND ticket IS NOT NULL AND NOT rehearsal
GROUP BY 1, 2`

package videocall

import (
	"context"

	"github.com/google/uuid"

	"github.com/sportello/sportello/tenant"
)

const guestColumns = `id, session_id, name, staff_id, joins, invited_at, removed_at`

const sqlInvite = `
INSERT INTO {t}.session_guests (id, session_id, name, staff_id, invited_at)
VALUES (@id, @session, @name, @staff, @now)`

const sqlSendAway = `UPDATE {t}.session_guests SET removed_at = @now WHERE id = @id AND removed_at IS NULL`

const sqlGuestJoins = `UPDATE {t}.session_guests SET joins = joins + 1 WHERE id = @id`

const sqlGuests = `
SELECT ` + guestColumns + `
  FROM {t}.session_guests
 WHERE session_id = @session AND removed_at IS NULL
 ORDER BY invited_at, id`

const sqlGuestByID = `SELECT ` + guestColumns + ` FROM {t}.session_guests WHERE id = @id`

const sqlInvitation = `
SELECT g.id, s.operator_name
  FROM {t}.session_guests AS g JOIN {t}.sessions AS s ON s.id = g.session_id
 WHERE g.staff_id = @staff AND g.removed_at IS NULL AND s.state IN ('called', 'connected', 'held', 'dropped')
 ORDER BY g.invited_at DESC
 LIMIT 1`

func guests(ctx context.Context, tx *tenant.Tx, session ID) ([]Guest, error) {
	return tenant.All[Guest](ctx, tx, sqlGuests, tenant.Args{"session": session.UUID})
}

func guestByID(ctx context.Context, tx *tenant.Tx, guest uuid.UUID) (Guest, error) {
	return tenant.One[Guest](ctx, tx, sqlGuestByID, tenant.Args{"id": guest})
}

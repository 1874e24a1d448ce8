package videocall

import (
	"context"

	"github.com/google/uuid"

	"github.com/sportello/sportello/tenant"
)

const sqlSetIdentified = `
INSERT INTO {t}.session_identified (session_id, by_what, staff_id, staff_name, at)
VALUES (@session, @how, @staff, @name, @now)
ON CONFLICT ON CONSTRAINT session_identified_pkey DO UPDATE
   SET by_what = EXCLUDED.by_what, staff_id = EXCLUDED.staff_id, staff_name = EXCLUDED.staff_name, at = EXCLUDED.at`

const sqlIdentified = `SELECT by_what, staff_name, at FROM {t}.session_identified WHERE session_id = @session`

func setIdentified(ctx context.Context, tx *tenant.Tx, session ID, how ByWhat, staff uuid.UUID, name string) error {
	_, err := tenant.Exec(ctx, tx, sqlSetIdentified, tenant.Args{
		"session": session.UUID, "how": string(how), "staff": staff, "name": name, "now": tx.Now(),
	})
	return err
}

func findIdentified(ctx context.Context, tx *tenant.Tx, session ID) (Identified, error) {
	return tenant.One[Identified](ctx, tx, sqlIdentified, tenant.Args{"session": session.UUID})
}

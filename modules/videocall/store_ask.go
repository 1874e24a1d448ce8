package videocall

import (
	"context"

	"github.com/google/uuid"

	"github.com/sportello/sportello/tenant"
)

const askColumns = `id, session_id, kind, name, pages, document_id, state, result_id, asked_at, answered_at`

const sqlInsertAsk = `
INSERT INTO {t}.session_asks (id, session_id, kind, name, pages, document_id, state, staff_id, asked_at)
VALUES (@id, @session, @kind, @name, @pages, @document, 'open', @staff, @now)
ON CONFLICT DO NOTHING`

const sqlAsks = `
SELECT ` + askColumns + `
  FROM {t}.session_asks
 WHERE session_id = @session
 ORDER BY asked_at, id`

const sqlOpenAsk = `
SELECT ` + askColumns + `
  FROM {t}.session_asks
 WHERE session_id = @session AND state = 'open'`

const sqlAnswerAsk = `
UPDATE {t}.session_asks
   SET state = @state, result_id = @result, answered_at = @now
 WHERE id = @id AND state = 'open'`

// insertAsk says whether nothing else is asked at the time.
func insertAsk(ctx context.Context, tx *tenant.Tx, a Ask, staff uuid.UUID) (bool, error) {
	n, err := tenant.Exec(ctx, tx, sqlInsertAsk, tenant.Args{"id": a.ID, "session": a.SessionID.UUID, "kind": string(a.Kind),
		"name": a.Name, "pages": a.Pages, "document": a.DocumentID, "staff": staff, "now": tx.Now()})
	return n == 1, err
}

func asks(ctx context.Context, tx *tenant.Tx, session ID) ([]Ask, error) {
	return tenant.All[Ask](ctx, tx, sqlAsks, tenant.Args{"session": session.UUID})
}

func openAsk(ctx context.Context, tx *tenant.Tx, session ID) (Ask, error) {
	return tenant.One[Ask](ctx, tx, sqlOpenAsk, tenant.Args{"session": session.UUID})
}

func answerAsk(ctx context.Context, tx *tenant.Tx, ask uuid.UUID, to AskState, result *uuid.UUID) error {
	_, err := tenant.Exec(ctx, tx, sqlAnswerAsk, tenant.Args{"id": ask, "state": string(to), "result": result, "now": tx.Now()})
	return err
}

package control

import (
	"context"

	"github.com/sportello/sportello/tenant"
)

// Record writes what the transaction's actor did into the control plane's audit, with the change itself. Detail
// holds no personal data.
func Record(ctx context.Context, tx *tenant.ControlTx, action, object string, detail map[string]any) error {
	if detail == nil {
		detail = map[string]any{}
	}
	a := tx.Actor()
	_, err := tenant.Exec(ctx, tx, sqlAudit, tenant.Args{
		"id": tx.IDs()(), "now": tx.Now(), "kind": string(a.Kind), "actor": a.ID,
		"action": action, "object": object, "detail": detail,
	})
	return err
}

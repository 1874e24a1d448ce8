package counters

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// The helper of the host site (addetto al presidio) has no account: the secret link of their kiosk is the key, printed
// for them by an administrator, who can make it worthless at any time. It opens when people come, never who or why.

// helperMAC is how many bytes of the link prove it: more than anybody can guess over the network.
const helperMAC = 16

func (s *Service) helperToken(t tenant.Key, kiosk KioskID, version int) string {
	sum := s.hash("helper", string(t)+"\x00"+kiosk.String()+"\x00"+strconv.Itoa(version))
	return base64.RawURLEncoding.EncodeToString(append(kiosk.UUID[:], sum[:helperMAC]...))
}

// HelperToken is the secret part of the link to a kiosk's helper page.
func (s *Service) HelperToken(ctx context.Context, tx *tenant.Tx, a actor.Actor, kiosk KioskID) (string, error) {
	if err := mustEdit(a); err != nil {
		return "", err
	}
	version, err := tenant.Value[int](ctx, tx, sqlHelperVersion, tenant.Args{"id": kiosk})
	return s.helperToken(tx.Tenant().Key, kiosk, version), err
}

// RenewHelperLink makes the link there was worthless.
func (s *Service) RenewHelperLink(ctx context.Context, tx *tenant.Tx, a actor.Actor, kiosk KioskID) error {
	if err := mustEdit(a); err != nil {
		return err
	}
	if _, err := tenant.Exec(ctx, tx, sqlNewHelperLink, tenant.Args{"id": kiosk, "now": tx.Now()}); err != nil {
		return err
	}
	return s.recorded(ctx, tx, a, kiosk, "kiosk.helper_link_renewed")
}

// Helped reads the kiosk that a helper's link opens, and who acts then. A link that is wrong, old or of another entity
// is problem.NotFound.
func (s *Service) Helped(ctx context.Context, tx *tenant.Tx, token string) (Kiosk, actor.Actor, error) {
	none := problem.New(problem.NotFound, "not_found")
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 16+helperMAC || strings.ContainsAny(token, "\r\n") {
		return Kiosk{}, actor.Actor{}, none
	}
	kiosk := KioskID{UUID: uuid.UUID(raw[:16])}
	version, err := tenant.Value[int](ctx, tx, sqlHelperVersion, tenant.Args{"id": kiosk})
	if err != nil {
		return Kiosk{}, actor.Actor{}, err
	}
	if !hmac.Equal([]byte(token), []byte(s.helperToken(tx.Tenant().Key, kiosk, version))) {
		return Kiosk{}, actor.Actor{}, none
	}
	k, err := s.Kiosk(ctx, tx, kiosk)
	if err == nil && k.State == Retired {
		err = none
	}
	return k, actor.Actor{Kind: actor.Helper, ID: kiosk.String(), Tenant: string(tx.Tenant().Key)}, err
}

// TakenToday lists when people have booked at a kiosk today, in order.
func (s *Service) TakenToday(ctx context.Context, tx *tenant.Tx, kiosk KioskID) ([]Interval, error) {
	today := civil.Of(tx.Now().In(clock.Rome))
	rows, err := tenant.All[struct{ FromAt, ToAt time.Time }](ctx, tx, sqlTaken, tenant.Args{
		"kiosk": kiosk, "from": today.Start(clock.Rome), "to": today.AddDays(1).Start(clock.Rome),
	})
	out := make([]Interval, len(rows))
	for i, r := range rows {
		out[i] = Interval{From: r.FromAt, To: r.ToAt}
	}
	return out, err
}

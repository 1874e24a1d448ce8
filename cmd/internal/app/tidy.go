package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// tidyEvery is how often the control plane is tidied. Running it in several processes at once does no harm.
const tidyEvery = time.Hour

// every does something again and again, until ctx ends.
func every(ctx context.Context, pause time.Duration, do func(context.Context)) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do(ctx)
		}
	}
}

// tidy removes from the control plane what opens and limits nothing any more.
func (a *App) tidy(ctx context.Context) {
	codes, err := a.Booking.CleanCodes(ctx, a.byKey)
	if err != nil {
		a.log.WarnContext(ctx, "codes not tidied", slog.Any("err", err))
	}
	tries, err := a.Counters.ForgetTries(ctx)
	if err != nil {
		a.log.WarnContext(ctx, "wrong tries not tidied", slog.Any("err", err))
	}
	a.log.InfoContext(ctx, "tidied", slog.Int("codes", codes), slog.Int64("tries", tries))
}

// watchEvery is how often somebody looks which kiosks are there: about as long as a kiosk may be away unseen.
const watchEvery = 20 * time.Second

// watch looks which kiosks are silent.
func (a *App) watch(ctx context.Context) {
	if err := a.Counters.Watch(ctx, a.byKey); err != nil {
		a.log.WarnContext(ctx, "kiosks not watched", slog.Any("err", err))
	}
}

// background does what has to be done from time to time, until ctx ends.
func (a *App) background(ctx context.Context) {
	go every(ctx, tidyEvery, a.tidy)
	every(ctx, watchEvery, a.watch)
}

// byKey finds an entity in any state.
func (a *App) byKey(ctx context.Context, k tenant.Key) (t tenant.Tenant, err error) {
	err = a.DB.InControl(ctx, actor.Actor{Kind: actor.System}, func(tx *tenant.ControlTx) error {
		t, err = control.ByKey(ctx, tx, k)
		return err
	})
	return t, err
}

package videocall

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/tenanttest"
)

func TestTheSameRequestOpensOneSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, typed, request := h.kiosk(), h.code(t, h.Clock.Now()), uuid.New()
	var wg sync.WaitGroup
	got := make([]ID, 8)
	for i := range got {
		wg.Go(func() {
			v, err := h.s.Start(context.Background(), h.t, kiosk, typed, request, uuid.Nil)
			if err == nil {
				got[i] = v.ID
			}
		})
	}
	wg.Wait()
	for _, one := range got {
		require.Equal(t, got[0], one, "every repetition is answered with the one session")
	}
	require.False(t, got[0].IsZero())
}

func TestTwoKiosksWithOneCodeInTheSameMomentGiveOneSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 10 {
		typed := h.code(t, h.Clock.Now())
		errs := make([]error, 2)
		ready := make(chan struct{})
		var wg sync.WaitGroup
		for i := range errs {
			kiosk := h.kiosk()
			wg.Go(func() {
				<-ready
				_, errs[i] = h.s.Start(context.Background(), h.t, kiosk, typed, uuid.New(), uuid.Nil)
			})
		}
		close(ready)
		wg.Wait()
		if errs[0] != nil {
			errs[0], errs[1] = errs[1], errs[0]
		}
		require.NoError(t, errs[0])
		require.Equal(t, "kiosk.code_used", code(errs[1]))
	}
	h.In(t, h.t, func(tx *tenant.Tx) error {
		all, err := live(context.Background(), tx)
		require.Len(t, all, 10)
		return err
	})
}

func TestAKioskHasOneLiveSessionAndALostRaceDoesNotUseUpTheCode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, _ := h.wait(t)
	second := h.code(t, h.Clock.Now())
	_, err := h.s.Start(t.Context(), h.t, kiosk, second, uuid.New(), uuid.Nil)
	require.Equal(t, "videocall.kiosk_busy", code(err))
	_, err = h.s.Start(t.Context(), h.t, h.kiosk(), second, uuid.New(), uuid.Nil)
	require.NoError(t, err, "the code still works elsewhere")
}

func TestWhoGaveUpBeforeBeingCalledMayComeBackWithTheSameCode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	typed := h.code(t, h.Clock.Now())
	kiosk := h.kiosk()
	v, err := h.s.Start(t.Context(), h.t, kiosk, typed, uuid.New(), uuid.Nil)
	require.NoError(t, err)
	require.NoError(t, h.s.Leave(t.Context(), h.t, kiosk, v.ID))
	_, err = h.s.Start(t.Context(), h.t, kiosk, typed, uuid.New(), uuid.Nil)
	require.NoError(t, err)
	require.NoError(t, h.s.Next(t.Context(), h.t, h.operator(), uuid.New()))
	h.Clock.Advance(time.Second)
}

func TestTheQueueIsByAppointmentThenArrival(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	now := h.Clock.Now()
	var want []string
	start := func(at time.Time) string {
		kiosk := h.kiosk()
		_, err := h.s.Start(t.Context(), h.t, kiosk, h.code(t, at), uuid.New(), uuid.Nil)
		require.NoError(t, err)
		h.Clock.Advance(time.Second)
		return kiosk.ID
	}
	late := start(now.Add(30 * time.Minute))
	early := start(now)
	early2 := start(now)
	want = append(want, early, early2, late)
	operator := h.operator()
	state, err := h.s.DeskState(t.Context(), h.t, operator)
	require.NoError(t, err)
	require.Len(t, state.Waiting, 3)
	for i, kiosk := range want {
		k, err := h.s.KioskState(t.Context(), h.t, actor.Actor{Kind: actor.Kiosk, ID: kiosk, Tenant: string(h.t.Key)})
		require.NoError(t, err)
		require.Equal(t, i+1, *k.Session.Position)
		require.Equal(t, state.Waiting[i].ID, k.Session.ID)
		require.Equal(t, i*20, *k.Session.EstimateMinutes, "one operator is present and twenty minutes each are ahead")
	}
	require.NoError(t, h.s.Next(t.Context(), h.t, operator, uuid.New()))
	state, err = h.s.DeskState(t.Context(), h.t, operator)
	require.NoError(t, err)
	require.Equal(t, early, h.session(t, state.Session.ID).KioskID.String())
}

func TestTheEstimateIsSilentWhenNobodyServes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, _ := h.wait(t)
	k, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, 1, *k.Session.Position)
	require.Nil(t, k.Session.EstimateMinutes)
	require.Equal(t, 0, *k.Session.Operators)
}

func TestFiftyOperatorsAndTwentyPeopleMakeTwentyPairs(t *testing.T) {
	t.Parallel()
	stack := tenanttest.StartUnconnected(t)
	stack.Connect(t, tenant.Config{PoolsPerCell: 1, ConnsPerPool: 30})
	h := houseOn(t, stack)
	for range 20 {
		h.wait(t)
	}
	operators := make([]actor.Actor, 50)
	errs := make([]error, len(operators))
	for i := range operators {
		operators[i] = h.operator()
	}
	ready := make(chan struct{})
	var wg sync.WaitGroup
	for i, a := range operators {
		wg.Go(func() {
			<-ready
			errs[i] = h.s.Next(context.Background(), h.t, a, uuid.New())
		})
	}
	close(ready)
	wg.Wait()
	called := 0
	for _, err := range errs {
		if err == nil {
			called++
			continue
		}
		require.Equal(t, "videocall.nobody_waiting", code(err))
	}
	require.Equal(t, 20, called, "everybody who waited was called, each by one operator")
	h.In(t, h.t, func(tx *tenant.Tx) error {
		all, err := live(context.Background(), tx)
		seen := map[uuid.UUID]bool{}
		for _, v := range all {
			require.Equal(t, Called, v.State)
			require.False(t, seen[*v.OperatorID])
			seen[*v.OperatorID] = true
		}
		require.Len(t, seen, 20)
		n, err2 := tenant.Value[int64](context.Background(), tx, sqlTestAudits, tenant.Args{"action": "session.claimed"})
		require.EqualValues(t, 20, n, "each claim left its audit row")
		require.NoError(t, err2)
		return err
	})
}

func TestTwoOperatorsWhoCallOneCitizenAreOneCallAndOneClearAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 5 {
		_, v := h.wait(t)
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i := range errs {
			a := h.operator()
			wg.Go(func() { errs[i] = h.s.CallChosen(context.Background(), h.t, a, v.ID, uuid.New(), "serve subito") })
		}
		wg.Wait()
		if errs[0] != nil {
			errs[0], errs[1] = errs[1], errs[0]
		}
		require.NoError(t, errs[0])
		require.Equal(t, "videocall.nobody_waiting", code(errs[1]))
	}
}

func TestADoubleClickOnNextCallsOnePerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.wait(t)
	_, second := h.wait(t)
	operator, request := h.operator(), uuid.New()
	errs := make([]error, 6)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = h.s.Next(context.Background(), h.t, operator, request) })
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, Waiting, h.session(t, second.ID).State)
	require.Equal(t, "videocall.already_in_call", code(h.s.Next(t.Context(), h.t, operator, uuid.New())))
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""))
	require.NoError(t, h.s.Next(t.Context(), h.t, operator, request), "a very late repetition")
	require.Equal(t, Waiting, h.session(t, second.ID).State, "calls nobody")
}

func TestANameInTheQueueIsAuditedOncePerOperator(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.wait(t)
	h.wait(t)
	a, b := h.operator(), h.operator()
	for range 3 {
		for _, who := range []actor.Actor{a, b} {
			_, err := h.s.DeskState(t.Context(), h.t, who)
			require.NoError(t, err)
		}
	}
	_, err := h.s.Day(t.Context(), h.t, a, "2026-10-25")
	require.NoError(t, err)
	h.In(t, h.t, func(tx *tenant.Tx) error {
		n, err := tenant.Value[int64](context.Background(), tx, sqlTestAudits, tenant.Args{"action": "session.seen_waiting"})
		require.EqualValues(t, 4, n)
		require.NoError(t, err)
		n, err = tenant.Value[int64](context.Background(), tx, sqlTestAudits, tenant.Args{"action": "appointments.day_read"})
		require.EqualValues(t, 1, n)
		return err
	})
}

func TestADayIsACivilDayAlsoWhenClocksChange(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for date, length := range map[string]string{"2026-10-25": "25h0m0s", "2027-03-28": "23h0m0s", "2026-05-05": "24h0m0s"} {
		day, err := h.s.Day(t.Context(), h.t, h.operator(), date)
		require.NoError(t, err)
		require.Equal(t, length, day.Appointments[0].State)
	}
	_, err := h.s.Day(t.Context(), h.t, h.operator(), "5 maggio")
	require.Equal(t, "videocall.date", code(err))
}

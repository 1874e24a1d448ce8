package control_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

func line() migrate.Line {
	return migrate.Line{Name: "empty", FS: fstest.MapFS{"migrations/0001_empty.sql": {Data: []byte("SELECT 1;")}}}
}

func hash(s string) []byte { h := sha256.Sum256([]byte(s)); return h[:] }

var ctx = context.Background()

func TestOneLiveCodeOpensOneAppointment(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	a, b := s.NewTenant(t, line()), s.NewTenant(t, line())
	mine, yours := uuid.New(), uuid.New()
	s.InControl(t, func(tx *tenant.ControlTx) error {
		ok, err := control.ReserveCode(ctx, tx, hash("1"), a.Key, mine)
		require.NoError(t, err)
		require.True(t, ok)
		ok, err = control.ReserveCode(ctx, tx, hash("1"), a.Key, mine)
		require.NoError(t, err)
		require.True(t, ok, "the same pair again")
		ok, err = control.ReserveCode(ctx, tx, hash("1"), b.Key, yours)
		require.NoError(t, err)
		require.False(t, ok, "another entity's appointment")

		found, err := control.FindCode(ctx, tx, hash("1"))
		require.NoError(t, err)
		require.Equal(t, control.Code{Tenant: a.Key, AppointmentID: mine}, found)

		ok, err = control.ReserveCode(ctx, tx, hash("2"), a.Key, mine)
		require.NoError(t, err)
		require.True(t, ok)
		_, err = control.FindCode(ctx, tx, hash("1"))
		require.ErrorIs(t, err, problem.NotFound, "a new code releases the old one")
		require.NoError(t, control.ReleaseCode(ctx, tx, a.Key, mine))
		require.NoError(t, control.ReleaseCode(ctx, tx, a.Key, mine))
		_, err = control.FindCode(ctx, tx, hash("2"))
		require.ErrorIs(t, err, problem.NotFound)
		return nil
	})
}

func TestAnEnrolmentCodeMakesOneDeviceOnly(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	device := control.Device{Tenant: s.NewTenant(t, line()).Key, KioskID: uuid.New()}
	s.InControl(t, func(tx *tenant.ControlTx) error {
		return control.NewEnrolment(ctx, tx, hash("code"), device, tx.Now().Add(24*time.Hour))
	})
	var made atomic.Int32
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			err := s.DB.InControl(ctx, actor.Actor{}, func(tx *tenant.ControlTx) error {
				_, err := control.Enrol(ctx, tx, hash("code"), bytes.Repeat([]byte{byte(i + 1)}, 32))
				return err
			})
			if err == nil {
				made.Add(1)
				return
			}
			if !problemIs(err, control.ErrEnrolment) {
				t.Errorf("want ErrEnrolment, have %v", err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, made.Load())
}

func problemIs(err error, target *problem.Error) bool { return problem.From(err).Is(target) }

func TestANewDeviceCutsOffTheOldOneAndRevokingCutsOffTheNew(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	device := control.Device{Tenant: s.NewTenant(t, line()).Key, KioskID: uuid.New()}
	enrol := func(code, credential string) {
		s.InControl(t, func(tx *tenant.ControlTx) error {
			require.NoError(t, control.NewEnrolment(ctx, tx, hash(code), device, tx.Now().Add(time.Hour)))
			got, err := control.Enrol(ctx, tx, hash(code), hash(credential))
			require.Equal(t, device, got)
			return err
		})
	}
	find := func(credential string) error {
		_, err := control.FindCredential(ctx, s.DB.ReadControl(), hash(credential))
		return err
	}
	enrol("one", "first")
	require.NoError(t, find("first"))
	enrol("two", "second")
	require.ErrorIs(t, find("first"), problem.NotFound)
	require.NoError(t, find("second"))
	enrolled, err := control.Enrolled(ctx, s.DB.ReadControl(), device.Tenant)
	require.NoError(t, err)
	require.Equal(t, map[uuid.UUID]time.Time{device.KioskID: tenanttest.Epoch}, enrolled)
	s.InControl(t, func(tx *tenant.ControlTx) error { return control.RevokeCredential(ctx, tx, device) })
	require.ErrorIs(t, find("second"), problem.NotFound)
}

func TestAnExpiredOrReplacedEnrolmentCodeIsWorthNothing(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	device := control.Device{Tenant: s.NewTenant(t, line()).Key, KioskID: uuid.New()}
	s.InControl(t, func(tx *tenant.ControlTx) error {
		require.NoError(t, control.NewEnrolment(ctx, tx, hash("old"), device, tx.Now().Add(time.Hour)))
		return control.NewEnrolment(ctx, tx, hash("new"), device, tx.Now().Add(time.Hour))
	})
	try := func(code string) error {
		return s.DB.InControl(ctx, actor.Actor{}, func(tx *tenant.ControlTx) error {
			_, err := control.Enrol(ctx, tx, hash(code), hash("credential"))
			return err
		})
	}
	require.ErrorIs(t, try("old"), problem.NotFound)
	s.Clock.Advance(2 * time.Hour)
	require.ErrorIs(t, try("new"), problem.NotFound)
}

func TestWrongCodesAreCountedPerDeviceAndOverAll(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	for _, device := range []string{"a", "a", "b"} {
		s.InControl(t, func(tx *tenant.ControlTx) error { return control.RecordWrongCode(ctx, tx, device) })
		s.Clock.Advance(time.Minute)
	}
	s.InControl(t, func(tx *tenant.ControlTx) error {
		since := tx.Now().Add(-10 * time.Minute)
		a, err := control.WrongCodes(ctx, tx, "a", since)
		require.NoError(t, err)
		require.Equal(t, []time.Time{tenanttest.Epoch.Add(time.Minute), tenanttest.Epoch}, a)
		all, err := control.AllWrongCodes(ctx, tx, since)
		require.NoError(t, err)
		require.Equal(t, 3, all)
		require.NoError(t, control.ForgiveDevice(ctx, tx, "a"))
		gone, err := control.ForgetWrongCodes(ctx, tx, tx.Now())
		require.NoError(t, err)
		require.EqualValues(t, 1, gone)
		return nil
	})
}

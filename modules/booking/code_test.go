package booking

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/problem"
)

func testKeys() Keys {
	return NewKeys([]byte(strings.Repeat("s", 32)), []byte(strings.Repeat("p", 32)))
}

func TestACodeIsTenDigitsAndAlwaysTheSame(t *testing.T) {
	t.Parallel()
	k, a := testKeys(), AppointmentID{UUID: uuid.New()}
	c := k.Code("isernia", a, 0)
	require.Regexp(t, `^\d{10}$`, c.Digits())
	require.Regexp(t, `^\d{3} \d{3} \d{4}$`, c.Grouped())
	require.Equal(t, c, k.Code("isernia", a, 0))
	require.NotEqual(t, c, k.Code("isernia", a, 1))
	require.NotEqual(t, c, k.Code("caltanissetta", a, 0))
	parsed, err := ParseCode(c.Grouped())
	require.NoError(t, err)
	require.Equal(t, c, parsed)
}

func TestDigitsOfCodesAreUniform(t *testing.T) {
	t.Parallel()
	k, n := testKeys(), 40_000
	var counts [codeDigits][10]int
	for range n {
		for i, d := range k.Code("isernia", AppointmentID{UUID: uuid.New()}, 0).Digits() {
			counts[i][d-'0']++
		}
	}
	for i := range counts {
		chi2 := 0.0
		for _, c := range counts[i] {
			d := float64(c) - float64(n)/10
			chi2 += d * d / (float64(n) / 10)
		}
		require.Less(t, chi2, 39.0, "position %d", i) // 9 degrees of freedom: more than this happens once in 90,000 runs
	}
}

func TestTruncationHasNoBias(t *testing.T) {
	t.Parallel()
	const whole = uint64(1<<64-1) / codeSpace * codeSpace
	n, ok := truncate(whole - 1)
	require.True(t, ok)
	require.EqualValues(t, codeSpace-1, n)
	for _, refused := range []uint64{whole, whole + 1, 1<<64 - 1} {
		_, ok := truncate(refused)
		require.False(t, ok)
	}
	n, ok = truncate(0)
	require.True(t, ok)
	require.Zero(t, n)
}

func TestPeopleTypeCodesInManyWays(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"4827193506", "482 719 3506", " 482-719-3506 ", "482.719.3506", "482\u00a0719\u202f3506"} {
		c, err := ParseCode(good)
		require.NoError(t, err, "%q", good)
		require.Equal(t, "4827193506", c.Digits())
	}
	for _, bad := range []string{"", "482719350", "48271935061", "48271935O6", "４８２７１９３５０６", "4827193506'; DROP TABLE", strings.Repeat("1", 1<<16)} {
		_, err := ParseCode(bad)
		require.Equal(t, "kiosk.code_shape", problem.From(err).Code, "%q", bad)
	}
}

func TestACodeIsNeverPrintedOrLogged(t *testing.T) {
	t.Parallel()
	c := testKeys().Code("isernia", AppointmentID{UUID: uuid.New()}, 0)
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "code", c, "group", []PickupCode{c})
	text, err := json.Marshal(map[string]any{"c": c})
	require.NoError(t, err)
	b.Write(text)
	fmt.Fprintf(&b, "%v %+v %#v %s %q %d", c, c, c, c, c, c)
	require.NotContains(t, strings.ReplaceAll(b.String(), " ", ""), c.Digits())
}

func TestTokensOpenOnlyWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	k, a := testKeys(), AppointmentID{UUID: uuid.New()}
	hold, manage := k.HoldToken("isernia", a), k.ManageToken("isernia", a)
	require.NotEqual(t, hold[22:], manage[22:])
	got, err := k.ParseHoldToken("isernia", hold)
	require.NoError(t, err)
	require.Equal(t, a, got)
	for name, f := range map[string]func() error{
		"hold as manage": func() error { _, err := k.ParseManageToken("isernia", hold); return err },
		"manage as hold": func() error { _, err := k.ParseHoldToken("isernia", manage); return err },
		"other entity":   func() error { _, err := k.ParseManageToken("caltanissetta", manage); return err },
		"other appointment": func() error {
			forged := k.ManageToken("isernia", AppointmentID{UUID: uuid.New()})[:21] + manage[21:]
			_, err := k.ParseManageToken("isernia", forged)
			return err
		},
		"cut":     func() error { _, err := k.ParseManageToken("isernia", manage[:42]); return err },
		"hostile": func() error { _, err := k.ParseManageToken("isernia", "../../etc/passwd\x00<script>"); return err },
		"empty":   func() error { _, err := k.ParseManageToken("isernia", ""); return err },
	} {
		require.ErrorIs(t, f(), problem.NotFound, name)
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("482 719 3506")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCode(s); err == nil {
			require.Regexp(t, `^\d{10}$`, c.Digits())
		}
	})
}

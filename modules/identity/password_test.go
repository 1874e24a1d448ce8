package identity

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/problem"
)

var cheap = Argon{MemoryKiB: 64, Passes: 1, Threads: 1}

func TestAHashVerifiesOnlyItsOwnPassword(t *testing.T) {
	t.Parallel()
	h := newHasher(cheap, 2)
	ctx := context.Background()
	phc, err := h.hash(ctx, "una frase lunga 😀 con accenti è")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(phc, "$argon2id$v=19$m=64,t=1,p=1$"), phc)
	ok, err := h.verify(ctx, "una frase lunga 😀 con accenti è", phc)
	require.NoError(t, err)
	require.True(t, ok)
	ok, err = h.verify(ctx, "una frase lunga 😀 con accenti e", phc)
	require.NoError(t, err)
	require.False(t, ok)
	again, err := h.hash(ctx, "una frase lunga 😀 con accenti è")
	require.NoError(t, err)
	require.NotEqual(t, phc, again, "the salt is fresh")
}

func TestAHashOfAnotherProgramIsRead(t *testing.T) {
	t.Parallel()
	// Made by the reference command: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1
	ok, err := newHasher(cheap, 1).verify(context.Background(), "password",
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	require.NoError(t, err)
	require.True(t, ok)
}

func TestNobodysPasswordIsNeverRight(t *testing.T) {
	t.Parallel()
	ok, err := newHasher(cheap, 1).verify(context.Background(), "a password that nobody has", "")
	require.NoError(t, err)
	require.False(t, ok)
}

func TestBrokenHashesAreErrors(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"x", "$argon2i$v=19$m=64,t=1,p=1$c29t$c29t", "$argon2id$v=19$m=0,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$", "$argon2id$v=19$m=99999999,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"} {
		_, err := newHasher(cheap, 1).verify(context.Background(), "password", s)
		require.Error(t, err, s)
	}
}

func TestWhenTooManyAreHashingTheNextIsToldToWait(t *testing.T) {
	t.Parallel()
	h := newHasher(cheap, 1)
	release, err := h.enter(context.Background())
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	_, err = h.verify(ctx, "x", "")
	require.ErrorIs(t, err, problem.Unavailable)
	release()
	_, err = h.verify(context.Background(), "x", "")
	require.NoError(t, err)
}

func TestPasswordsNeedTwelveCharactersAndNothingElse(t *testing.T) {
	t.Parallel()
	require.Error(t, CheckPassword("undici1234!", ""))
	require.NoError(t, CheckPassword("aaaaaaaaaaaa", ""))
	require.NoError(t, CheckPassword("😀😀😀😀😀😀😀😀😀😀😀😀", ""))
	require.Error(t, CheckPassword(strings.Repeat("a", 201), ""))
	require.Error(t, CheckPassword("Anna.Rossi@comune.it", "anna.rossi@comune.it"))
}

func TestMadePasswordsAreLongReadableAndDifferent(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 200 {
		p := newPassword()
		require.Regexp(t, `^[a-hjkmnp-z2-9]{5}(-[a-hjkmnp-z2-9]{5}){3}$`, p)
		require.False(t, seen[p])
		seen[p] = true
	}
}

func TestACodeMatchesItsOwnStepAndItsNeighbours(t *testing.T) {
	t.Parallel()
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // RFC 6238, appendix B, SHA-1
	at := time.Unix(1111111109, 0)
	step, ok := matchTOTP(secret, "081804", at) // the last six of 07081804
	require.True(t, ok)
	require.Equal(t, int64(1111111109/30), step)
	_, ok = matchTOTP(secret, "081 804", at.Add(30*time.Second))
	require.True(t, ok)
	_, ok = matchTOTP(secret, "081804", at.Add(90*time.Second))
	require.False(t, ok)
	for _, wrong := range []string{"", "0818", "08180400", "abcdef"} {
		_, ok = matchTOTP(secret, wrong, at)
		require.False(t, ok, wrong)
	}
	code, err := TOTPCode(secret, at)
	require.NoError(t, err)
	require.Equal(t, "081804", code)
}

func TestASecretMovedToAnotherRowOrEntityDoesNotOpen(t *testing.T) {
	t.Parallel()
	s, err := newSealer([]byte(strings.Repeat("k", 32)))
	require.NoError(t, err)
	sealed, err := s.seal("isernia", "row", "SECRET")
	require.NoError(t, err)
	plain, err := s.open("isernia", "row", sealed)
	require.NoError(t, err)
	require.Equal(t, "SECRET", plain)
	for _, other := range []struct{ owner, row string }{{"caltanissetta", "row"}, {"isernia", "other"}} {
		_, err = s.open(other.owner, other.row, sealed)
		require.Error(t, err)
	}
	_, err = s.open("isernia", "row", sealed[:5])
	require.Error(t, err)
	_, err = newSealer([]byte("short"))
	require.Error(t, err)
}

func TestTheAddressOfTheSecondFactorIsReadable(t *testing.T) {
	t.Parallel()
	require.Equal(t, "otpauth://totp/Comune%20di%20Isernia:anna@comune.it?issuer=Comune%20di%20Isernia&secret=ABC",
		totpURI("Comune di Isernia", "anna@comune.it", "ABC"))
}

package together_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/together"
)

func TestWhoeverComesMeanwhileSharesTheNextQuestion(t *testing.T) {
	t.Parallel()
	const callers = 100
	begun, release := make(chan int, callers), make(chan struct{})
	g := together.New(func(_ context.Context, keys []int) (map[int]string, error) {
		begun <- len(keys)
		<-release
		found := map[int]string{}
		for _, k := range keys {
			if k%2 == 0 {
				found[k] = "even"
			}
		}
		return found, nil
	})
	var all sync.WaitGroup
	ask := func(k int) {
		v, found, err := g.Ask(t.Context(), k)
		if err != nil || found != (k%2 == 0) || found != (v == "even") {
			t.Errorf("%d: %q %v %v", k, v, found, err)
		}
	}
	all.Go(func() { ask(0) })
	require.Equal(t, 1, <-begun, "the first does not wait")
	var coming sync.WaitGroup
	for k := 1; k < callers; k++ {
		coming.Add(1)
		all.Go(func() { coming.Done(); ask(k) })
	}
	coming.Wait()
	close(release)
	all.Wait()
	close(begun)
	asked := 1
	for n := range begun {
		asked += n
	}
	require.Equal(t, callers, asked, "nobody is forgotten, and nobody asked for twice")
}

func TestAnErrorIsEverybodysAndTheNextQuestionIsNew(t *testing.T) {
	t.Parallel()
	wrong := errors.New("away")
	tries := 0
	g := together.New(func(context.Context, []int) (map[int]int, error) {
		if tries++; tries == 1 {
			return nil, wrong
		}
		return map[int]int{7: 8}, nil
	})
	_, found, err := g.Ask(t.Context(), 7)
	require.False(t, found)
	require.ErrorIs(t, err, wrong)
	v, found, err := g.Ask(t.Context(), 7)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, 8, v)
}

func TestWhoGoesAwayIsNotHeldUp(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	defer close(release)
	g := together.New(func(ctx context.Context, _ []int) (map[int]int, error) { <-release; return nil, ctx.Err() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := g.Ask(ctx, 1)
	require.ErrorIs(t, err, context.Canceled)
}

package i18n

import "context"

type chosenKey struct{}

// With puts the language that a person is spoken to in into the context.
func With(ctx context.Context, lang string) context.Context {
	return context.WithValue(ctx, chosenKey{}, lang)
}

// From is the language that With put into the context, or Italian.
func From(ctx context.Context) string {
	if lang, ok := ctx.Value(chosenKey{}).(string); ok {
		return lang
	}
	return Italian
}

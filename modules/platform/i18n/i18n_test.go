package i18n_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/platform/i18n"
)

func texts(t *testing.T, files map[string]string) *i18n.Texts {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, body := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(body)}
	}
	out, err := i18n.Parse(fsys)
	require.NoError(t, err)
	return out
}

func TestTheFilesOfAllModulesAreOneSetOfTexts(t *testing.T) {
	t.Parallel()
	tx := texts(t, map[string]string{
		"it.json":         `{"problem.not_found": "Non trovato"}`,
		"it.booking.json": `{"problem.booking.slot_taken": "Alle {{.time}} non è più libero", "left": {"one": "{{.count}} posto", "other": "{{.count}} posti"}}`,
		"de.json":         `{"problem.not_found": "Nicht gefunden"}`,
	})
	require.Equal(t, "Non trovato", tx.T("it", "problem.not_found", nil))
	require.Equal(t, "Nicht gefunden", tx.T("de", "problem.not_found", nil))
	require.Equal(t, "Alle 10:30 non è più libero", tx.T("it", "problem.booking.slot_taken", map[string]any{"time": "10:30"}))
	require.Equal(t, "Alle 10:30 non è più libero", tx.T("de", "problem.booking.slot_taken", map[string]any{"time": "10:30"}), "falls back to Italian")
	require.Equal(t, "1 posto", tx.T("it", "left", map[string]any{"count": 1}))
	require.Equal(t, "3 posti", tx.T("it", "left", map[string]any{"count": 3}))
	require.Equal(t, "no.such.key", tx.T("it", "no.such.key", nil))
	require.Equal(t, "Non trovato", tx.T("xx", "problem.not_found", nil))
	require.Equal(t, []string{"left", "problem.booking.slot_taken", "problem.not_found"}, tx.Keys("it"))
	require.True(t, tx.Has("left"))
	require.False(t, tx.Has("right"))
}

func TestTextsKeepWhatPeopleTypedAsItIs(t *testing.T) {
	t.Parallel()
	tx := texts(t, map[string]string{"it.json": `{"hello": "Ciao {{.name}}"}`})
	require.Equal(t, "Ciao {{.secret}} <b>", tx.T("it", "hello", map[string]any{"name": "{{.secret}} <b>"}))
}

func TestLocaleFilesWithMistakesAreRefused(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]fstest.MapFS{
		"key in two files": {"it.json": {Data: []byte(`{"a": "1"}`)}, "it.x.json": {Data: []byte(`{"a": "2"}`)}},
		"not JSON":         {"it.json": {Data: []byte(`{`)}},
		"no language":      {"it.json": {Data: []byte(`{"a": "1"}`)}, "1234.json": {Data: []byte(`{"a": "2"}`)}},
		"nothing":          {},
		"not Italian":      {"de.json": {Data: []byte(`{"a": "1"}`)}},
	} {
		_, err := i18n.Parse(files)
		require.Error(t, err, name)
	}
}

func TestDatesAreWrittenAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 5, 8, 30, 0, 0, time.UTC)
	italian := i18n.CalendarOf("it")
	require.Equal(t, "martedì 5 maggio 2026, ore 10:30", i18n.DateTime(at))
	require.Equal(t, "martedì 5 maggio 2026", i18n.Date(at))
	require.Equal(t, "10:30", i18n.Time(at))
	require.Equal(t, "5 maggio", italian.DayMonth(at))
	require.Equal(t, "maggio 2026", italian.MonthYear(at))
	require.Equal(t, "05/05/2026", italian.ShortDate(at))
	require.Equal(t, "05/05/2026 10:30", italian.ShortDateTime(at))
	require.Equal(t, "venerdì 1º maggio 2026", i18n.Date(time.Date(2026, 5, 1, 12, 0, 0, 0, clock.Rome)))
	require.Equal(t, "giovedì 1º gennaio 2026, ore 00:30", i18n.DateTime(time.Date(2025, 12, 31, 23, 30, 0, 0, time.UTC)), "the civil day is Rome's")
	require.Equal(t, "domenica", italian.Weekday(time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)))
	require.Equal(t, "02:30", i18n.Time(time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)), "the first half past two of the night the clocks go back")
	require.Equal(t, "02:30", i18n.Time(time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)), "and the second")
}

func TestDatesAreWrittenInEveryLanguage(t *testing.T) {
	t.Parallel()
	at, first := time.Date(2026, 5, 5, 8, 30, 0, 0, time.UTC), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for lang, want := range map[string][]string{
		"en": {"Tuesday 5 May 2026, 10:30", "Sunday 1 March 2026", "Tue", "05/05/2026 10:30"},
		"de": {"Dienstag, 5. Mai 2026, 10:30 Uhr", "Sonntag, 1. März 2026", "Di", "05.05.2026 10:30"},
		"fr": {"mardi 5 mai 2026 à 10:30", "dimanche 1er mars 2026", "mar", "05/05/2026 10:30"},
		"xx": {"martedì 5 maggio 2026, ore 10:30", "domenica 1º marzo 2026", "mar", "05/05/2026 10:30"},
	} {
		c := i18n.CalendarOf(lang)
		require.Equal(t, want, []string{c.DateTime(at), c.Date(first), c.ShortWeekday(at), c.ShortDateTime(at)}, lang)
		require.Len(t, c.Months, 12)
		require.Len(t, c.Weekdays, 7)
	}
}

func TestALanguageIsChosenAsTheBrowserWantsIt(t *testing.T) {
	require.NoError(t, i18n.Load(fstest.MapFS{
		"it.a.json": {Data: []byte(`{"a": "uno", "b": "due"}`)}, "en.a.json": {Data: []byte(`{"a": "one"}`)}, "de.a.json": {Data: []byte(`{"a": "eins"}`)},
	}))
	for accept, want := range map[string]string{
		"": "it", "de": "de", "de-AT,de;q=0.9,en;q=0.8": "de", "en-US": "en", "ja": "it", "it-IT,it;q=0.9,en;q=0.8": "it", ";;;": "it",
	} {
		require.Equal(t, want, i18n.Match(accept), accept)
	}
	require.Equal(t, "eins", i18n.T("de", "a", nil))
	require.Equal(t, "due", i18n.T("de", "b", nil), "what is missing is read in Italian")
}

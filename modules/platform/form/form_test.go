package form_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/web"
)

type inner struct {
	Page int `form:"page"`
}

type everything struct {
	inner2
	Name    string          `form:"name,max=20"`
	Note    string          `form:"note"`
	Age     int             `form:"age"`
	Agreed  bool            `form:"agreed"`
	Days    []string        `form:"days"`
	Numbers []int           `form:"numbers"`
	Day     time.Time       `form:"day,date"`
	At      time.Time       `form:"at,datetime"`
	From    time.Duration   `form:"from,time"`
	ID      id.ID[struct{}] `form:"id"`
	Ignored string
}

type inner2 = inner

// decode sends values as a form and returns what came out.
func decode(t *testing.T, method, contentType, target, body string) (out everything, err error) {
	t.Helper()
	app := web.New(web.Config{})
	app.All("/", func(c *fiber.Ctx) error { err = form.Decode(c, &out); return c.SendString("") })
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	req.Header.Set("Content-Type", contentType)
	res, testErr := app.Test(req, -1)
	require.NoError(t, testErr)
	_, _ = io.Copy(io.Discard, res.Body)
	require.Equal(t, 200, res.StatusCode)
	return out, err
}

const urlencoded = "application/x-www-form-urlencoded"

func TestAFormBecomesAStruct(t *testing.T) {
	t.Parallel()
	v := url.Values{
		"name": {"  Ada\u00a0Lovelace "}, "note": {"una\r\ndue\rtre"}, "age": {"41"}, "agreed": {"on"}, "days": {"lun", "mar", ""},
		"numbers": {"1", "2"}, "day": {"2026-03-29"}, "at": {"2026-05-05T10:30"}, "from": {"09:15"}, "page": {"3"},
		"id": {"01890a5d-ac96-774b-bcce-b302099a8057"}, "Ignored": {"x"},
	}
	got, err := decode(t, "POST", urlencoded, "/?name=query", v.Encode())
	require.NoError(t, err)
	require.Equal(t, "Ada\u00a0Lovelace", got.Name)
	require.Equal(t, "una\ndue\ntre", got.Note)
	require.Equal(t, 41, got.Age)
	require.True(t, got.Agreed)
	require.Equal(t, []string{"lun", "mar"}, got.Days)
	require.Equal(t, []int{1, 2}, got.Numbers)
	require.True(t, got.Day.Equal(time.Date(2026, 3, 29, 0, 0, 0, 0, clock.Rome)))
	require.Equal(t, "2026-05-05T08:30:00Z", got.At.UTC().Format(time.RFC3339))
	require.Equal(t, 9*time.Hour+15*time.Minute, got.From)
	require.Equal(t, "01890a5d-ac96-774b-bcce-b302099a8057", got.ID.String())
	require.Equal(t, 3, got.Page)
	require.Empty(t, got.Ignored)
}

func TestAGetReadsItsQueryAndAMultipartItsParts(t *testing.T) {
	t.Parallel()
	got, err := decode(t, "GET", "", "/?name=Ada&page=2&from=00:00", "")
	require.NoError(t, err)
	require.Equal(t, "Ada", got.Name)
	require.Equal(t, 2, got.Page)
	require.Zero(t, got.From)
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	require.NoError(t, w.WriteField("name", "Ada"))
	require.NoError(t, w.Close())
	got, err = decode(t, "POST", w.FormDataContentType(), "/", b.String())
	require.NoError(t, err)
	require.Equal(t, "Ada", got.Name)
}

func TestWhatIsAbsentIsTheZeroValue(t *testing.T) {
	t.Parallel()
	got, err := decode(t, "POST", urlencoded, "/", "name=&age=&day=&agreed=")
	require.NoError(t, err)
	require.Equal(t, everything{}, got)
}

func TestAllInputsOfTheWrongShapeAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	v := url.Values{
		"name": {strings.Repeat("à", 21)}, "note": {"a\x00b"}, "age": {"9999999999999999999999"}, "agreed": {"perhaps"}, "numbers": {"x"},
		"day": {"2026-02-30"}, "at": {"2026-05-05"}, "from": {"25:00"}, "id": {"1"}, "page": {"1", "2"},
	}
	out, err := decode(t, "POST", urlencoded, "/", v.Encode())
	require.ErrorIs(t, err, problem.Invalid)
	require.Equal(t, strings.Repeat("à", 21), out.Name, "what was typed can be shown again")
	require.Equal(t, "ab", out.Note)
	codes := map[string]string{}
	for _, f := range problem.From(err).Fields {
		codes[f.Name] = f.Code
	}
	require.Equal(t, map[string]string{
		"name": "form.too_long", "note": "form.characters", "age": "form.number", "agreed": "form.value", "numbers": "form.number",
		"day": "form.date", "at": "form.date", "from": "form.time", "id": "form.value", "page": "form.repeated",
	}, codes)
	_, err = decode(t, "POST", urlencoded, "/", "name=%ff%fe")
	require.ErrorIs(t, err, problem.Invalid, "not UTF-8")
	_, err = decode(t, "POST", urlencoded, "/", "day=0001-01-01")
	require.ErrorIs(t, err, problem.Invalid)
}

func TestAStructThatCannotBeReadIsAnErrorOfTheProgram(t *testing.T) {
	t.Parallel()
	app := web.New(web.Config{})
	var errs []error
	app.Get("/", func(c *fiber.Ctx) error {
		var a struct {
			X map[string]string `form:"x"`
		}
		var b struct {
			X time.Time `form:"x"`
		}
		errs = []error{form.Decode(c, &a), form.Decode(c, &b), form.Decode(c, a)}
		return c.SendString("")
	})
	_, err := app.Test(httptest.NewRequest("GET", "/?x=1", nil), -1)
	require.NoError(t, err)
	for _, err := range errs {
		require.Error(t, err)
		require.NotErrorIs(t, err, problem.Invalid)
	}
}

func TestAProblemIsWrittenBesideItsField(t *testing.T) {
	t.Parallel()
	fields := []form.Field{{Name: "name"}, {Name: "email"}, {Name: "phone"}}
	err := problem.New(problem.Invalid, "form.invalid").WithField("email", "form.required").WithField("other", "form.required")
	fields = form.Blame(fields, err)
	require.Empty(t, fields[0].Error)
	require.NotEmpty(t, fields[1].Error)
	require.Len(t, form.Errors(fields), 1)
	require.Equal(t, fields, form.Blame(fields, nil))
}

package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
)

func TestALanguageIsChosenByAddressAndRememberedByCookie(t *testing.T) {
	require.NoError(t, i18n.Load(frontend.Locales()))
	app := web.New(web.Config{Multilingual: func(_, path string) bool { return !strings.HasPrefix(path, "/staff") }})
	app.Get("/+", func(c *fiber.Ctx) error {
		web.SayLanguage(c)
		if c.Query("as") != "" {
			web.Prefer(c, c.Query("as"))
		}
		return c.SendString(i18n.From(c.UserContext()))
	})
	for _, x := range []struct{ path, cookie, accept, want, kept string }{
		{"/x", "", "de", "it", ""}, // the browser's wish is not followed
		{"/x?lang=en", "", "", "en", "sportello_lingua=en"},
		{"/x?lang=en", "en", "", "en", ""},
		{"/x?lang=fr", "en", "", "fr", "sportello_lingua=fr"},
		{"/x", "de", "", "de", ""},
		{"/x?lang=ja", "de", "", "de", ""},
		{"/x?lang=ja", "<script>", "", "it", ""},
		{"/staff", "de", "", "it", ""},
		{"/staff?lang=de", "", "", "it", ""},
		{"/staff?as=de", "", "", "it", ""},
		{"/x?as=de", "", "", "de", ""}, // as the appointment was booked
		{"/x?as=de", "fr", "", "fr", ""},
		{"/x?as=ja", "", "", "it", ""},
		{"/api/x", "fr", "de", "de", ""}, // the apps ask for theirs
	} {
		req := httptest.NewRequest("GET", x.path, nil)
		req.Header.Set("Accept-Language", x.accept)
		if x.cookie != "" {
			req.Header.Set("Cookie", "sportello_lingua="+x.cookie)
		}
		res, err := app.Test(req)
		require.NoError(t, err)
		body := make([]byte, 2)
		_, err = res.Body.Read(body)
		if err != nil {
			require.ErrorContains(t, err, "EOF")
		}
		require.NoError(t, res.Body.Close())
		require.Equal(t, x.want, string(body), x)
		require.True(t, strings.HasPrefix(res.Header.Get("Set-Cookie"), x.kept), x)
		require.Equal(t, x.kept == "", res.Header.Get("Set-Cookie") == "", x)
		require.Contains(t, res.Header.Get("Vary"), "Cookie")
	}
}

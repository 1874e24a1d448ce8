package config

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func valid() Config {
	return Config{BaseURL: "https://sportello.example.it", DatabaseURL: "postgres://x", AdminDatabaseURL: "postgres://a",
		MasterKey: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", LiveKitSecret: "0123456789abcdef0123456789abcdef"}
}

func TestValidateNamesEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	c := valid()
	require.NoError(t, c.Validate())
	require.Equal(t, map[string]string{MainCell: "postgres://x"}, c.CellURLs)
	c.BaseURL, c.MasterKey, c.LiveKitSecret = "sportello", "short", "short"
	err := c.Validate()
	for _, name := range []string{"BASE_URL", "MASTER_KEY", "LIVEKIT_API_SECRET"} {
		require.ErrorContains(t, err, name)
	}
}

func TestSecretsOfTwoPurposesDiffer(t *testing.T) {
	t.Parallel()
	c := valid()
	require.Equal(t, c.Secret("code"), c.Secret("code"))
	require.NotEqual(t, c.Secret("code"), c.Secret("pepper"))
	require.Len(t, c.Secret("code"), 32)
}

func TestURLsOfTheSites(t *testing.T) {
	t.Parallel()
	c := valid()
	c.BaseURL = "http://localhost:8080"
	require.Equal(t, "http://isernia.localhost:8080", c.URL("isernia"))
	require.Equal(t, "http://localhost:8080", c.URL(""))
	require.Equal(t, "localhost:8080", c.Host())
}

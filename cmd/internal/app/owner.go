package app

import (
	"context"
	"errors"

	"github.com/sportello/sportello/cmd/internal/config"
	"github.com/sportello/sportello/modules/identity"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/tenant"
)

// Owner names the first administrator of a new entity, and what is needed to make the account.
type Owner struct {
	AdministratorEmail string            `help:"Make a first administrator with this address; password and second factor are printed once."`
	AdministratorName  string            `default:"Amministratore" help:"Name of the first administrator."`
	DatabaseURL        string            `env:"DATABASE_URL" help:"As for serve; needed for the administrator."`
	CellURLs           map[string]string `env:"CELL_URLS" help:"As for serve."`
	MasterKey          string            `env:"MASTER_KEY" help:"As for serve; needed for the administrator."`
}

// FirstAdministrator makes the account. Its secrets are kept nowhere in readable form.
func (o Owner) FirstAdministrator(ctx context.Context, t tenant.Tenant) (identity.Credentials, error) {
	if o.DatabaseURL == "" || o.MasterKey == "" {
		return identity.Credentials{}, errors.New("the entity was made, but not its administrator: that needs DATABASE_URL and MASTER_KEY")
	}
	cells := o.CellURLs
	if len(cells) == 0 {
		cells = map[string]string{config.MainCell: o.DatabaseURL}
	}
	db, err := tenant.Open(ctx, tenant.Config{ControlURL: o.DatabaseURL, CellURLs: cells})
	if err != nil {
		return identity.Credentials{}, err
	}
	defer db.Close()
	cfg := config.Config{MasterKey: o.MasterKey}
	service, err := identity.New(identity.Config{DB: db, SecretKey: cfg.Secret("totp")})
	if err != nil {
		return identity.Credentials{}, err
	}
	_, made, err := service.CreateStaff(ctx, t, actor.Actor{Kind: actor.System}, identity.StaffInput{
		Email: o.AdministratorEmail, Name: o.AdministratorName, Roles: []string{string(actor.Administrator)},
	})
	return made, err
}

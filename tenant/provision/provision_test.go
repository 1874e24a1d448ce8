package provision_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/platform/devstack"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/control"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/provision"
	"github.com/sportello/sportello/tenant/tenanttest"
)

var ctx = context.Background()

func lines() []migrate.Line {
	return []migrate.Line{
		{Name: "people", FS: fstest.MapFS{"migrations/0001_people.sql": {Data: []byte(`
			CREATE TABLE {t}.people (id uuid PRIMARY KEY, name text NOT NULL, born date, tags text[] NOT NULL DEFAULT '{}',
				loud text GENERATED ALWAYS AS (upper(name)) STORED);
			GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.people TO {role};`)}}},
		{Name: "visits", FS: fstest.MapFS{"migrations/0001_visits.sql": {Data: []byte(`
			CREATE TABLE {t}.visits (id uuid PRIMARY KEY, person uuid NOT NULL REFERENCES {t}.people, during tstzrange NOT NULL,
				EXCLUDE USING gist (person ext.gist_uuid_ops WITH =, during WITH &&));
			GRANT SELECT, INSERT ON {t}.visits TO {role};
			CREATE FUNCTION {t}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append only'; END $$;
			CREATE TRIGGER visits_stay BEFORE DELETE ON {t}.visits FOR EACH ROW EXECUTE FUNCTION {t}.refuse();`)}}},
	}
}

func findings(t *testing.T, s *tenanttest.Stack) []string {
	t.Helper()
	list, err := provision.CheckCatalogue(ctx, s.Admin)
	require.NoError(t, err)
	return list
}

func TestWhatIsMadePassesTheCatalogueCheck(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	s.NewTenant(t, lines()...)
	s.NewTenant(t, lines()...)
	require.Empty(t, findings(t, s))
}

// Not parallel: the holes are in roles, which all databases of the server share.
func TestTheCatalogueCheckFindsEveryHoleInTheWall(t *testing.T) { //nolint:paralleltest // see above
	s := tenanttest.Start(t)
	a, b := s.NewTenant(t, lines()...), s.NewTenant(t, lines()...)
	conn, err := s.Admin.Cell(ctx, "main")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(ctx) })
	ta, tb := a.Key.Schema(), b.Key.Role()
	for what, hole := range map[string][2]string{
		"a table granted to another entity": {"grant select on " + ta + ".people to " + tb, "revoke select on " + ta + ".people from " + tb},
		"a table granted to everybody":      {"grant select on " + ta + ".people to public", "revoke select on " + ta + ".people from public"},
		"a table granted to the login":      {"grant select on " + ta + ".people to sportello_app", "revoke select on " + ta + ".people from sportello_app"},
		"a column granted to another":       {"grant select (name) on " + ta + ".people to " + tb, "revoke select (name) on " + ta + ".people from " + tb},
		"truncate granted":                  {"grant truncate on " + ta + ".people to " + ta, "revoke truncate on " + ta + ".people from " + ta},
		"a table of another owner":          {"alter table " + ta + ".people owner to postgres", "alter table " + ta + ".people owner to o_" + string(a.Key)},
		"a schema open to everybody":        {"grant usage on schema " + ta + " to public", "revoke usage on schema " + ta + " from public"},
		"a schema in which the role makes":  {"grant create on schema " + ta + " to " + ta, "revoke create on schema " + ta + " from " + ta},
		"a role in another":                 {"grant " + ta + " to " + tb, "revoke " + ta + " from " + tb},
		"an owner's role for the login":     {"grant o_" + string(a.Key) + " to sportello_app", "revoke o_" + string(a.Key) + " from sportello_app"},
		"a login that inherits":             {"alter role sportello_app inherit", "alter role sportello_app noinherit"},
		"a role that may log in":            {"alter role " + ta + " login", "alter role " + ta + " nologin"},
		"a function with its owner's rights": {
			"create function " + ta + ".f() returns int language sql security definer as 'select 1'", "drop function " + ta + ".f"},
		"a foreign key to another schema": {
			"alter table " + ta + ".visits add constraint x foreign key (person) references " + b.Key.Schema() + ".people",
			"alter table " + ta + ".visits drop constraint x"},
		"a table in public":   {"create table public.x (a int)", "drop table public.x"},
		"an unheard schema":   {"create schema t_unheard", "drop schema t_unheard"},
		"set_config for all":  {"grant execute on function pg_catalog.set_config(text,text,boolean) to public", "revoke execute on function pg_catalog.set_config(text,text,boolean) from public"},
		"temp tables for all": {"grant temporary on database " + s.Database + " to public", "revoke all on database " + s.Database + " from public"},
	} {
		_, err := conn.Exec(ctx, hole[0])
		require.NoError(t, err, what)
		require.NotEmpty(t, findings(t, s), "%s was not found", what)
		_, err = conn.Exec(ctx, hole[1])
		require.NoError(t, err, what)
	}
	require.Empty(t, findings(t, s))
}

func TestMakingAnEntityGoesOnWhereItWasCut(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	cut := errors.New("power cut")
	for _, at := range []string{"entered", "schema", "recorded", "active"} {
		service := s.Provision(t, lines()...)
		in := provision.Input{Key: "cut_" + at, Name: "Comune " + at, Hosts: []string{at + ".localhost"}}
		service.AfterStep = func(step string) error {
			if step == at {
				return cut
			}
			return nil
		}
		_, err := service.Create(ctx, in)
		require.ErrorIs(t, err, cut)
		service.AfterStep = func(string) error { return nil }
		made, err := service.Create(ctx, in)
		if at == "active" {
			require.ErrorIs(t, err, provision.ErrKeyTaken, "it was finished")
			made = tenant.Tenant{Key: tenant.Key(in.Key), Name: in.Name, Cell: "main", State: tenant.Active}
		} else {
			require.NoError(t, err, "after a cut at %s", at)
		}
		s.In(t, made, func(tx *tenant.Tx) error {
			_, err := tenant.Exec(ctx, tx, `insert into {t}.people (id, name) values (@id, 'Ada')`, tenant.Args{"id": tx.IDs()()})
			return err
		})
	}
	require.Empty(t, findings(t, s))
}

func TestAKeyAndAHostBelongToOneEntity(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	service := s.Provision(t, lines()...)
	_, err := service.Create(ctx, provision.Input{Key: "uno", Name: "Uno", Hosts: []string{"A.localhost"}})
	require.NoError(t, err)
	_, err = service.Create(ctx, provision.Input{Key: "uno", Name: "Uno"})
	require.ErrorIs(t, err, provision.ErrKeyTaken)
	_, err = service.Create(ctx, provision.Input{Key: "due", Name: "Due", Hosts: []string{"b.localhost", "a.LOCALHOST"}})
	require.ErrorIs(t, err, provision.ErrHostTaken)
	_, err = service.Create(ctx, provision.Input{Key: "due", Name: "Due", Hosts: []string{"b.localhost"}})
	require.NoError(t, err, "with other hosts it goes on")
	for _, key := range []string{"", "1uno", "Uno", "uno due", `x"; drop schema control; --`} {
		_, err = service.Create(ctx, provision.Input{Key: key, Name: "Uno"})
		require.Error(t, err)
	}
}

func TestRemovingErasesAllAndGoesOnWhereItWasCut(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	cut := errors.New("power cut")
	for _, at := range []string{"closed", "dropped", "forgotten"} {
		ente := s.NewTenant(t, lines()...)
		service := s.Provision(t, lines()...)
		var erased int
		service.AtRemoval = append(service.AtRemoval, func(_ context.Context, k tenant.Key) error {
			require.Equal(t, ente.Key, k)
			erased++
			return nil
		})
		require.ErrorIs(t, service.Remove(ctx, ente.Key), provision.ErrState, "it is still served")
		require.NoError(t, service.Suspend(ctx, ente.Key))
		service.AfterStep = func(step string) error {
			if step == at {
				return cut
			}
			return nil
		}
		require.ErrorIs(t, service.Remove(ctx, ente.Key), cut)
		service.AfterStep = func(string) error { return nil }
		err := service.Remove(ctx, ente.Key)
		if at == "forgotten" {
			require.ErrorIs(t, err, provision.ErrUnknown)
		} else {
			require.NoError(t, err)
		}
		require.NotZero(t, erased)
		conn, err := s.Admin.Cell(ctx, "main")
		require.NoError(t, err)
		missing, err := admin.Missing(ctx, conn, ente.Key.Owner(), ente.Key.Role())
		require.NoError(t, err)
		require.Len(t, missing, 2)
		require.NoError(t, conn.Close(ctx))
	}
	require.Empty(t, findings(t, s))
	s.InControl(t, func(tx *tenant.ControlTx) error {
		left, err := control.Tenants(ctx, tx)
		require.Empty(t, left)
		return err
	})
}

func TestPreparingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	s.NewTenant(t, lines()...)
	require.NoError(t, provision.Prepare(ctx, s.Admin))
	require.Empty(t, findings(t, s))
}

func TestAnAdministratorWhoIsNoSuperuserCanDoEverything(t *testing.T) {
	t.Parallel()
	dir, err := devstack.TempDir("sportello-test-")
	require.NoError(t, err)
	require.NoError(t, devstack.RemoveWhenDead(dir))
	pg, err := devstack.StartPostgres(ctx, devstack.PostgresConfig{Dir: dir, Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = pg.Stop() })
	run := func(database, sql string) {
		conn, err := pgx.Connect(ctx, pg.URL("postgres", database))
		require.NoError(t, err)
		defer func() { _ = conn.Close(ctx) }()
		_, err = conn.PgConn().Exec(ctx, sql).ReadAll()
		require.NoError(t, err)
	}
	run("postgres", "create role chief login createrole")
	run("postgres", "create database planes owner chief")

	url := pg.URL("chief", "planes")
	db, err := admin.New(admin.Config{Control: admin.Place{URL: url}, Cells: map[string]admin.Place{"main": {URL: url}}})
	require.NoError(t, err)
	var missing provision.NotHardened
	require.ErrorAs(t, provision.Prepare(ctx, db), &missing)
	run("planes", missing.SQL)
	require.NoError(t, provision.Prepare(ctx, db))

	runner, err := migrate.New(db, lines())
	require.NoError(t, err)
	service := provision.New(db, runner)
	made, err := service.Create(ctx, provision.Input{Key: "isernia", Name: "Comune"})
	require.NoError(t, err)
	found, err := provision.CheckCatalogue(ctx, db)
	require.NoError(t, err)
	require.Empty(t, found)
	appURL := pg.URL(admin.DefaultLogin, "planes")
	app, err := tenant.Open(ctx, tenant.Config{ControlURL: appURL, CellURLs: map[string]string{"main": appURL}})
	require.NoError(t, err)
	t.Cleanup(app.Close)
	require.NoError(t, app.InTenant(ctx, made, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(ctx, tx, `insert into {t}.people (id, name) values (@id, 'Ada')`, tenant.Args{"id": tx.IDs()()})
		return err
	}))
	_, err = control.ByKey(ctx, app.ReadControl(), made.Key)
	require.NoError(t, err)
	report, err := runner.Up(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, report.Current)
	require.NoError(t, service.Export(ctx, made.Key, io.Discard))
	require.NoError(t, service.Suspend(ctx, made.Key))
	require.NoError(t, service.Remove(ctx, made.Key))
}

func TestTwoDatabasesOfOneServerMayHaveTheSameEntity(t *testing.T) {
	t.Parallel()
	a, b := tenanttest.Start(t), tenanttest.Start(t)
	var wg sync.WaitGroup
	for _, s := range []*tenanttest.Stack{a, b} {
		service := s.Provision(t, lines()...)
		wg.Go(func() {
			_, err := service.Create(ctx, provision.Input{Key: "gemello", Name: "Comune"})
			if err != nil {
				t.Errorf("create: %v", err)
			}
		})
	}
	wg.Wait()
	service := a.Provision(t, lines()...)
	require.NoError(t, service.Suspend(ctx, "gemello"))
	require.NoError(t, service.Remove(ctx, "gemello"))
	require.Empty(t, findings(t, a))
	require.Empty(t, findings(t, b))
	b.In(t, tenant.Tenant{Key: "gemello", Cell: "main"}, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(ctx, tx, `insert into {t}.people (id, name) values (@id, 'Ada')`, tenant.Args{"id": tx.IDs()()})
		return err
	})
}

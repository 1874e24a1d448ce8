package provision

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/control"
)

// CheckCatalogue reads owners, grants and memberships of everything in every database and says, one line each,
// what is not as it must be. An empty list means that the wall stands. It scans the catalogue: it is for tests,
// for `sportello check` and for a nightly job.
func CheckCatalogue(ctx context.Context, db *admin.DB) ([]string, error) {
	entities, err := control.All(ctx, db)
	if err != nil {
		return nil, err
	}
	inCell := map[string][]string{}
	for _, t := range entities {
		if t.State != "provisioning" && t.State != "removing" {
			inCell[t.Cell] = append(inCell[t.Cell], t.Key.Schema())
		}
	}
	conn, err := db.Control(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	findings, err := checkDatabase(ctx, conn, db.ControlLogin(), nil)
	if err != nil {
		return nil, fmt.Errorf("control plane: %w", err)
	}
	for _, cell := range db.Cells() {
		found, err := checkCell(ctx, db, cell, inCell[cell])
		if err != nil {
			return nil, fmt.Errorf("cell %s: %w", cell, err)
		}
		findings = append(findings, found...)
	}
	slices.Sort(findings)
	return slices.Compact(findings), nil
}

func checkCell(ctx context.Context, db *admin.DB, cell string, schemas []string) ([]string, error) {
	conn, err := db.Cell(ctx, cell)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if schemas == nil {
		schemas = []string{}
	}
	return checkDatabase(ctx, conn, db.Login(cell), schemas)
}

// checkDatabase runs all checks in one database. schemas are those that must be there; nil asks nothing.
func checkDatabase(ctx context.Context, conn *pgx.Conn, login string, schemas []string) ([]string, error) {
	var findings []string
	for _, check := range []struct {
		sql  string
		args []any
	}{
		{sqlSchemas, []any{login}},
		{sqlRelations, nil},
		{sqlColumns, nil},
		{sqlFunctions, nil},
		{sqlForeignKeys, nil},
		{sqlTriggers, nil},
		{sqlLoginRights, []any{login}},
		{sqlMembers, []any{login}},
		{sqlMissing, []any{schemas}},
	} {
		rows, err := conn.Query(ctx, check.sql, check.args...)
		if err != nil {
			return nil, err
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return nil, err
		}
		findings = append(findings, found...)
	}
	return findings, nil
}

// expected: every schema that we made, with the owner of all that is in it and the only role that may use it.
const expected = `
with expected as (
    select oid, nspname, nspowner, nspacl,
           case when nspname = 'control' then 'control_owner' when nspname = 'jobs' then 'jobs_owner'
                when nspname = 'cell' then 'cell_owner'
                else 'o_' || substr(nspname, 3) end as owner,
           case when nspname = 'control' then 'control_rw' when nspname = 'jobs' then 'jobs_rw'
                when nspname = 'cell' then 'cell_owner'
                else nspname end as user_
    from pg_namespace where nspname in ('control', 'jobs', 'cell') or nspname like 't\_%'
)`

const sqlSchemas = expected + `
select format('schema %s belongs to %s, not to %s', nspname, pg_get_userbyid(nspowner), owner)
from expected where pg_get_userbyid(nspowner) <> owner
union all
select format('schema %s: %s has %s', nspname, case grantee when 0 then 'everybody' else pg_get_userbyid(grantee) end, privilege_type)
from expected, aclexplode(nspacl)
where pg_get_userbyid(grantee) <> owner
  and not (privilege_type = 'USAGE' and not is_grantable
           and (pg_get_userbyid(grantee) in (user_, $1::text) or nspname = 'jobs'))
union all
select format('schema %s is nobody''s', nspname) from pg_namespace
where nspname not in ('control', 'jobs', 'cell', 'ext', 'public', 'information_schema')
  and nspname not like 't\_%' and nspname not like 'pg\_%'
union all
select format('schema public is open to everybody: %s', privilege_type) from pg_namespace, aclexplode(nspacl)
where nspname = 'public' and grantee = 0`

const sqlRelations = expected + `
select format('%s.%s belongs to %s', nspname, relname, pg_get_userbyid(relowner))
from pg_class c join expected e on e.oid = c.relnamespace where pg_get_userbyid(relowner) <> owner
union all
select format('%s.%s: %s has %s', nspname, relname, case grantee when 0 then 'everybody' else pg_get_userbyid(grantee) end, privilege_type)
from pg_class c join expected e on e.oid = c.relnamespace, aclexplode(relacl)
where pg_get_userbyid(grantee) <> owner
  and not (pg_get_userbyid(grantee) = user_ and not is_grantable
           and privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE'))
union all
select format('%s.%s lies where nothing may lie', n.nspname, relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'`

const sqlColumns = expected + `
select format('%s.%s.%s: %s has %s', nspname, relname, attname, case grantee when 0 then 'everybody' else pg_get_userbyid(grantee) end, privilege_type)
from pg_attribute a join pg_class c on c.oid = a.attrelid join expected e on e.oid = c.relnamespace, aclexplode(attacl)
where pg_get_userbyid(grantee) not in (owner, user_) or is_grantable`

const sqlFunctions = expected + `
select format('function %s.%s belongs to %s', nspname, proname, pg_get_userbyid(proowner))
from pg_proc p join expected e on e.oid = p.pronamespace where pg_get_userbyid(proowner) <> owner
union all
select format('function %s.%s runs with its owner''s rights', nspname, proname)
from pg_proc p join expected e on e.oid = p.pronamespace where prosecdef
union all
select format('function %s.%s: %s has %s', nspname, proname, case grantee when 0 then 'everybody' else pg_get_userbyid(grantee) end, privilege_type)
from pg_proc p join expected e on e.oid = p.pronamespace, aclexplode(coalesce(proacl, acldefault('f', proowner)))
where pg_get_userbyid(grantee) not in (owner, user_) and nspname <> 'jobs'`

const sqlForeignKeys = expected + `
select format('%s.%s refers to %s', nspname, c.relname, confrelid::regclass)
from pg_constraint k join pg_class c on c.oid = k.conrelid join expected e on e.oid = c.relnamespace
join pg_class f on f.oid = confrelid where k.contype = 'f' and f.relnamespace <> c.relnamespace`

const sqlTriggers = expected + `
select format('trigger %s of %s.%s calls %s', tgname, nspname, c.relname, tgfoid::regproc)
from pg_trigger g join pg_class c on c.oid = g.tgrelid join expected e on e.oid = c.relnamespace
join pg_proc p on p.oid = g.tgfoid where not tgisinternal and p.pronamespace <> c.relnamespace`

const sqlLoginRights = `
select format('the login may use %s.%s without taking a role', nspname, relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and relkind in ('r', 'p', 'v', 'm', 'f')
  and (has_table_privilege($1::text, c.oid, 'select, insert, update, delete, truncate, references, trigger')
       or has_any_column_privilege($1::text, c.oid, 'select, insert, update, references'))
union all
select format('the login may make things in schema %s', nspname) from pg_namespace
where has_schema_privilege($1::text, oid, 'create')
union all
select format('the login may %s', what) from (values
    ('take another role by a function', has_function_privilege($1::text, 'pg_catalog.set_config(text,text,boolean)', 'execute')),
    ('run code by plpgsql', has_language_privilege($1::text, 'plpgsql', 'usage')),
    ('make temporary tables', has_database_privilege($1::text, current_database(), 'temporary')),
    ('make schemas', has_database_privilege($1::text, current_database(), 'create'))) x (what, so) where so
union all
select format('everybody may connect to this database') from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
where datname = current_database() and grantee = 0`

const sqlMembers = `
select format('%s is a member of %s', m.rolname, r.rolname)
from pg_auth_members a join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member
where (m.rolname like 't\_%' or m.rolname in ('control_rw', 'jobs_rw'))
   or (m.rolname like 'o\_%' and r.rolname <> 'sportello_owners')
   or (m.rolname = $1 and (r.rolname like 'o\_%' or r.rolname in ('control_owner', 'jobs_owner', 'cell_owner', 'sportello_owners') or a.admin_option))
union all
select format('%s has a power it must not have', rolname) from pg_roles
where (rolname like 't\_%' or rolname like 'o\_%' or rolname in ($1, 'control_rw', 'jobs_rw', 'control_owner', 'jobs_owner', 'cell_owner', 'sportello_owners'))
  and (rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication
       or rolcanlogin <> (rolname = $1) or (rolname = $1 and rolinherit))`

const sqlMissing = `
select format('schema %s is missing', s) from unnest($1::text[]) s where to_regnamespace(quote_ident(s)) is null
union all
select format('schema %s has no entity', nspname) from pg_namespace
where $1::text[] is not null and nspname like 't\_%' and nspname <> all ($1::text[])`

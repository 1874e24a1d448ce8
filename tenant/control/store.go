package control

const sqlEnter = `
insert into control.tenants (key, name, cell, state, created_at, updated_at)
values ($1, $2, $3, 'provisioning', now(), now()) on conflict (key) do nothing`

const sqlByKey = `select key, name, cell, state from control.tenants where key = $1`

const sqlAddHosts = `
insert into control.hosts (host, tenant) select h, $1 from unnest($2::text[]) h on conflict (host) do nothing`

const sqlForeignHost = `select host from control.hosts where host = any ($2::text[]) and tenant <> $1 limit 1`

const sqlMove = `
update control.tenants set state = $3, updated_at = now() where key = $1 and state = any ($2::text[])`

const sqlForget = `delete from control.tenants where key = $1 and state = 'removing'`

const sqlByHost = `
select t.key, t.name, t.cell, t.state from control.hosts h join control.tenants t on t.key = h.tenant where h.host = $1`

const sqlTenants = `select key, name, cell, state from control.tenants order by name, key`

const sqlHosts = `select host from control.hosts where tenant = $1 order by host`

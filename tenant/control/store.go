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

const sqlReleaseOthers = `
delete from control.pickup_codes where tenant = @tenant and appointment_id = @appointment and code_hash <> @hash`

const sqlNewCodes = `
insert into control.pickup_codes (code_hash, tenant, appointment_id, created_at)
select hash, tenant, appointment, @now
from unnest(@hashes::bytea[], @tenants::text[], @appointments::uuid[]) as new (hash, tenant, appointment)
on conflict do nothing
returning code_hash, tenant, appointment_id`

const sqlReserveCode = `
insert into control.pickup_codes (code_hash, tenant, appointment_id, created_at)
values (@hash, @tenant, @appointment, @now)
on conflict (code_hash) do update set created_at = pickup_codes.created_at
where pickup_codes.tenant = excluded.tenant and pickup_codes.appointment_id = excluded.appointment_id`

const sqlFindCode = `select tenant, appointment_id from control.pickup_codes where code_hash = @hash`

const sqlReleaseCode = `
delete from control.pickup_codes where tenant = @tenant and appointment_id = @appointment`

const sqlWrongCode = `insert into control.code_attempts (id, device, at) values (@id, @device, @now)`

const sqlWrongCodes = `
select at from control.code_attempts where device = @device and at >= @since order by at desc`

const sqlAllWrongCodes = `select count(*) from control.code_attempts where at >= @since`

const sqlForgive = `delete from control.code_attempts where device = @device`

const sqlForgetWrongCodes = `delete from control.code_attempts where at < @before`

const sqlDropEnrolments = `
delete from control.kiosk_enrolments where tenant = @tenant and kiosk_id = @kiosk and used_at is null`

const sqlNewEnrolment = `
insert into control.kiosk_enrolments (code_hash, tenant, kiosk_id, expires_at, created_at)
values (@hash, @tenant, @kiosk, @expires, @now)`

const sqlUseEnrolment = `
update control.kiosk_enrolments set used_at = @now
where code_hash = @hash and used_at is null and expires_at > @now
returning tenant, kiosk_id`

const sqlNewCredential = `
insert into control.kiosk_credentials (credential_hash, tenant, kiosk_id, created_at)
values (@hash, @tenant, @kiosk, @now)`

const sqlFindCredential = `
select tenant, kiosk_id from control.kiosk_credentials where credential_hash = @hash and revoked_at is null`

const sqlRevoke = `
update control.kiosk_credentials set revoked_at = @now
where tenant = @tenant and kiosk_id = @kiosk and revoked_at is null`

const sqlEnrolled = `
select kiosk_id, created_at from control.kiosk_credentials where tenant = @tenant and revoked_at is null`

const sqlLiveDevices = `
select c.tenant, c.kiosk_id, c.absent_since
from control.kiosk_credentials c join control.tenants t on t.key = c.tenant
where c.revoked_at is null and t.state = 'active'`

const sqlDevicesGone = `
update control.kiosk_credentials c set absent_since = @now, look_at = @look
from unnest(@tenants::text[], @kiosks::uuid[]) as gone (tenant, kiosk_id)
where c.tenant = gone.tenant and c.kiosk_id = gone.kiosk_id and c.revoked_at is null and c.absent_since is null`

const sqlDeviceBack = `
update control.kiosk_credentials set absent_since = null, look_at = null
where tenant = @tenant and kiosk_id = @kiosk and revoked_at is null`

const sqlTakeLooks = `
update control.kiosk_credentials c set look_at = @next
where c.look_at <= @now and c.revoked_at is null
  and exists (select 1 from control.tenants t where t.key = c.tenant and t.state = 'active')
returning c.tenant, c.kiosk_id, c.absent_since`

const sqlLookAt = `
update control.kiosk_credentials set look_at = @at
where tenant = @tenant and kiosk_id = @kiosk and revoked_at is null and absent_since is not null`

const sqlAudit = `
insert into control.audit (id, at, actor_kind, actor_id, action, object, detail)
values (@id, @now, @kind, @actor, @action, @object, @detail)`

const served = `
select t.key, t.name, t.cell, t.state, not exists (
    select from unnest(@lines::text[], @versions::int[]) w (line, version)
    left join control.fleet f on f.tenant = t.key and f.line = w.line
    where coalesce(f.version, 0) < w.version) as ready
from control.tenants t `

const sqlServedByHost = served + `join control.hosts h on h.tenant = t.key where h.host = @host`

const sqlServedByKey = served + `where t.key = @key`

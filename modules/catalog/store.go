package catalog

import (
	"context"
	"time"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/tenant"
)

const sqlEntity = `
SELECT name, ipa_code, region, street, postal_code, locality, province, phone, email, pec, fiscal_code,
       patron_name, patron_day, patron_month, early_minutes, late_minutes, reminder_hours, open_limit, return_minutes, ready_texts, patience_minutes, ask_rating,
       privacy_notice, privacy_url, accessibility_url, version, updated_at
FROM {t}.entity_settings`

const sqlUpsertEntity = `
INSERT INTO {t}.entity_settings AS es (
    name, ipa_code, region, street, postal_code, locality, province, phone, email, pec, fiscal_code,
    patron_name, patron_day, patron_month, early_minutes, late_minutes, reminder_hours, open_limit, return_minutes, ready_texts, patience_minutes, ask_rating,
    privacy_notice, privacy_url, accessibility_url, version, updated_at)
VALUES (
    @name, @ipa_code, @region, @street, @postal_code, @locality, @province, @phone, @email, @pec, @fiscal_code,
    @patron_name, @patron_day, @patron_month, @early_minutes, @late_minutes, @reminder_hours, @open_limit, @return_minutes, @ready_texts, @patience_minutes, @ask_rating,
    @privacy_notice, @privacy_url, @accessibility_url, 1, @now)
ON CONFLICT (only_row) DO UPDATE SET
    name = EXCLUDED.name, ipa_code = EXCLUDED.ipa_code, region = EXCLUDED.region, street = EXCLUDED.street,
    postal_code = EXCLUDED.postal_code, locality = EXCLUDED.locality, province = EXCLUDED.province,
    phone = EXCLUDED.phone, email = EXCLUDED.email, pec = EXCLUDED.pec, fiscal_code = EXCLUDED.fiscal_code,
    patron_name = EXCLUDED.patron_name, patron_day = EXCLUDED.patron_day, patron_month = EXCLUDED.patron_month,
    early_minutes = EXCLUDED.early_minutes, late_minutes = EXCLUDED.late_minutes,
    reminder_hours = EXCLUDED.reminder_hours, open_limit = EXCLUDED.open_limit,
    return_minutes = EXCLUDED.return_minutes, ready_texts = EXCLUDED.ready_texts,
    patience_minutes = EXCLUDED.patience_minutes, ask_rating = EXCLUDED.ask_rating,
    privacy_notice = EXCLUDED.privacy_notice, privacy_url = EXCLUDED.privacy_url,
    accessibility_url = EXCLUDED.accessibility_url,
    version = es.version + 1, updated_at = EXCLUDED.updated_at
WHERE es.version = @version`

func entityArgs(e Entity, now time.Time) tenant.Args {
	return tenant.Args{
		"name": e.Name, "ipa_code": e.IPACode, "region": e.Region, "street": e.Street,
		"postal_code": e.PostalCode, "locality": e.Locality, "province": e.Province, "phone": e.Phone,
		"email": e.Email, "pec": e.PEC, "fiscal_code": e.FiscalCode, "patron_name": e.PatronName,
		"patron_day": e.PatronDay, "patron_month": e.PatronMonth, "early_minutes": e.EarlyMinutes,
		"late_minutes": e.LateMinutes, "reminder_hours": append([]int{}, e.ReminderHours...), "open_limit": e.OpenLimit,
		"return_minutes": e.ReturnMinutes, "ready_texts": orEmpty(e.ReadyTexts),
		"patience_minutes": e.PatienceMinutes, "ask_rating": e.AskRating, "privacy_notice": e.PrivacyNotice, "privacy_url": e.PrivacyURL,
		"accessibility_url": e.AccessibilityURL,
		"version":           e.Version, "now": now,
	}
}

const sqlOffices = `
SELECT id, slug, name, description, address, phone, email, active, version, updated_at
FROM {t}.offices
ORDER BY active DESC, lower(name), id`

const sqlOffice = `
SELECT id, slug, name, description, address, phone, email, active, version, updated_at
FROM {t}.offices
WHERE id = @id`

const sqlOfficeBySlug = `
SELECT id, slug, name, description, address, phone, email, active, version, updated_at
FROM {t}.offices
WHERE slug = @slug`

const sqlInsertOffice = `
INSERT INTO {t}.offices (id, slug, name, description, address, phone, email, active, version, updated_at)
VALUES (@id, @slug, @name, @description, @address, @phone, @email, @active, 1, @now)
ON CONFLICT (slug) DO NOTHING`

const sqlUpdateOffice = `
UPDATE {t}.offices
SET name = @name, description = @description, address = @address, phone = @phone, email = @email,
    active = @active, version = version + 1, updated_at = @now
WHERE id = @id AND version = @version`

const sqlTouchOffice = `
UPDATE {t}.offices
SET version = version + 1, updated_at = @now
WHERE id = @id AND version = @version`

func officeArgs(o Office, now time.Time) tenant.Args {
	return tenant.Args{
		"id": o.ID, "slug": o.Slug, "name": o.Name, "description": o.Description, "address": o.Address,
		"phone": o.Phone, "email": o.Email, "active": o.Active, "version": o.Version, "now": now,
	}
}

const sqlHours = `
SELECT weekday, from_minute AS "from", to_minute AS "to", operators
FROM {t}.office_hours
WHERE office_id = @office
ORDER BY weekday, from_minute`

// officeHours is a window together with its office.
type officeHours struct {
	OfficeID  OfficeID
	Weekday   int
	From, To  civil.Time
	Operators int
}

const sqlAllHours = `
SELECT office_id, weekday, from_minute AS "from", to_minute AS "to", operators
FROM {t}.office_hours
ORDER BY office_id, weekday, from_minute`

const sqlDeleteHours = `DELETE FROM {t}.office_hours WHERE office_id = @office`

const sqlInsertHours = `
INSERT INTO {t}.office_hours (office_id, weekday, from_minute, to_minute, operators)
VALUES (@office, @weekday, @from, @to, @operators)
ON CONFLICT DO NOTHING`

// sqlOfficeExceptions: those of one office and of all offices, within dates.
const sqlOfficeExceptions = `
SELECT id, office_id, date, closed, from_minute AS "from", to_minute AS "to", operators, reason, created_at
FROM {t}.calendar_exceptions
WHERE (office_id = @office OR office_id IS NULL) AND date BETWEEN @first AND @last
ORDER BY date, from_minute`

// sqlEntityExceptions: those of all offices, within dates.
const sqlEntityExceptions = `
SELECT id, office_id, date, closed, from_minute AS "from", to_minute AS "to", operators, reason, created_at
FROM {t}.calendar_exceptions
WHERE office_id IS NULL AND date BETWEEN @first AND @last
ORDER BY date, from_minute`

const sqlInsertException = `
INSERT INTO {t}.calendar_exceptions (id, office_id, date, closed, from_minute, to_minute, operators, reason, created_at)
VALUES (@id, @office, @date, @closed, @from, @to, @operators, @reason, @now)
ON CONFLICT DO NOTHING`

const sqlException = `
SELECT id, office_id, date, closed, from_minute AS "from", to_minute AS "to", operators, reason, created_at
FROM {t}.calendar_exceptions
WHERE id = @id`

const sqlDeleteException = `
DELETE FROM {t}.calendar_exceptions
WHERE id = @id
RETURNING id, office_id, date, closed, from_minute AS "from", to_minute AS "to", operators, reason, created_at`

const sqlServices = `
SELECT s.id, s.slug, s.title, s.subtitle, s.short_description, s.description, s.addressed_to, s.how_to,
       s.needed_intro, s.needed, s.achieved, s.times, s.costs, s.conditions, s.special_cases, s.further_info,
       s.category, s.topics, s.state, s.state_reason, s.remote_counter, s.walk_in, s.own_device, s.duration_minutes, s.notice_hours, s.horizon_days,
       s.late_minutes, s.online_url, s.external_url, s.external_body, s.responsible_id,
       ARRAY(SELECT so.office_id FROM {t}.service_offices so JOIN {t}.offices o ON o.id = so.office_id
             WHERE so.service_id = s.id ORDER BY lower(o.name), o.id) AS office_ids,
       s.version, s.published_at, s.updated_at
FROM {t}.services s
WHERE s.state = ANY (@states::text[])
  AND (@category::text = '' OR s.category = @category)
  AND (@topic::text = '' OR @topic = ANY (s.topics))
  AND NOT EXISTS (SELECT 1 FROM unnest(@words::text[]) AS w (word)
                  WHERE strpos(lower(s.title || ' ' || s.short_description), w.word) = 0)
  AND (@office::uuid IS NULL OR EXISTS (
        SELECT 1 FROM {t}.service_offices so WHERE so.service_id = s.id AND so.office_id = @office))
  AND (NOT @bookable OR (s.state = 'published' AND s.remote_counter AND EXISTS (
        SELECT 1 FROM {t}.service_offices so JOIN {t}.offices o ON o.id = so.office_id
        WHERE so.service_id = s.id AND o.active)))
ORDER BY lower(s.title), s.id`

const sqlServiceByID = `
SELECT s.id, s.slug, s.title, s.subtitle, s.short_description, s.description, s.addressed_to, s.how_to,
       s.needed_intro, s.needed, s.achieved, s.times, s.costs, s.conditions, s.special_cases, s.further_info,
       s.category, s.topics, s.state, s.state_reason, s.remote_counter, s.walk_in, s.own_device, s.duration_minutes, s.notice_hours, s.horizon_days,
       s.late_minutes, s.online_url, s.external_url, s.external_body, s.responsible_id,
       ARRAY(SELECT so.office_id FROM {t}.service_offices so JOIN {t}.offices o ON o.id = so.office_id
             WHERE so.service_id = s.id ORDER BY lower(o.name), o.id) AS office_ids,
       s.version, s.published_at, s.updated_at
FROM {t}.services s
WHERE s.id = @id`

const sqlServiceIDBySlug = `SELECT id FROM {t}.services WHERE slug = @slug`

const sqlInsertService = `
INSERT INTO {t}.services (
    id, slug, title, subtitle, short_description, description, addressed_to, how_to, needed_intro, needed, achieved,
    times, costs, conditions, special_cases, further_info, category, topics, state, state_reason, remote_counter,
    walk_in, own_device, duration_minutes, notice_hours, horizon_days, late_minutes, online_url, external_url, external_body, responsible_id,
    version, updated_at)
VALUES (
    @id, @slug, @title, @subtitle, @short_description, @description, @addressed_to, @how_to, @needed_intro, @needed,
    @achieved, @times, @costs, @conditions, @special_cases, @further_info, @category, @topics, 'draft', '',
    @remote_counter, @walk_in, @own_device, @duration_minutes, @notice_hours, @horizon_days, @late_minutes, @online_url, @external_url,
    @external_body, @responsible_id, 1, @now)
ON CONFLICT (slug) DO NOTHING`

const sqlUpdateService = `
UPDATE {t}.services
SET title = @title, subtitle = @subtitle, short_description = @short_description, description = @description,
    addressed_to = @addressed_to, how_to = @how_to, needed_intro = @needed_intro, needed = @needed,
    achieved = @achieved, times = @times, costs = @costs, conditions = @conditions, special_cases = @special_cases,
    further_info = @further_info, category = @category, topics = @topics, remote_counter = @remote_counter,
    walk_in = @walk_in, own_device = @own_device, duration_minutes = @duration_minutes, notice_hours = @notice_hours, horizon_days = @horizon_days,
    late_minutes = @late_minutes, online_url = @online_url, external_url = @external_url,
    external_body = @external_body, responsible_id = @responsible_id, version = version + 1, updated_at = @now
WHERE id = @id AND version = @version`

const sqlSetServiceState = `
UPDATE {t}.services
SET state = @state, state_reason = @reason, version = version + 1, updated_at = @now,
    published_at = CASE WHEN @state = 'published' THEN coalesce(published_at, @now) ELSE published_at END
WHERE id = @id AND version = @version`

const sqlDeleteServiceOffices = `DELETE FROM {t}.service_offices WHERE service_id = @id`

const sqlInsertServiceOffices = `
INSERT INTO {t}.service_offices (service_id, office_id)
SELECT @id, o.id FROM {t}.offices o WHERE o.id = ANY (@offices::uuid[])`

const sqlAttention = `
SELECT (SELECT count(*) FROM {t}.services WHERE state = 'draft') AS drafts,
       (SELECT count(*) FROM {t}.services WHERE state = 'published') AS published,
       (SELECT count(*) FROM {t}.services WHERE state = 'inactive') AS inactive,
       (SELECT count(*) FROM {t}.services s WHERE s.state = 'published' AND s.remote_counter AND NOT EXISTS (
            SELECT 1 FROM {t}.service_offices so JOIN {t}.offices o ON o.id = so.office_id
            JOIN {t}.office_hours h ON h.office_id = o.id WHERE so.service_id = s.id AND o.active)) AS unanswered,
       (SELECT count(*) FROM {t}.offices WHERE active) AS offices,
       (SELECT count(*) FROM {t}.offices o WHERE o.active AND NOT EXISTS (
            SELECT 1 FROM {t}.office_hours h WHERE h.office_id = o.id)) AS without_hours`

func sheetArgs(s Sheet, now time.Time) tenant.Args {
	return tenant.Args{
		"id": s.ID, "slug": s.Slug, "title": s.Title, "subtitle": s.Subtitle,
		"short_description": s.ShortDescription, "description": s.Description, "addressed_to": s.AddressedTo,
		"how_to": s.HowTo, "needed_intro": s.NeededIntro, "needed": orEmpty(s.Needed), "achieved": s.Achieved,
		"times": s.Times, "costs": s.Costs, "conditions": s.Conditions, "special_cases": s.SpecialCases,
		"further_info": s.FurtherInfo, "category": s.Category, "topics": orEmpty(s.Topics),
		"remote_counter": s.RemoteCounter, "walk_in": s.WalkIn, "own_device": s.OwnDevice, "duration_minutes": s.DurationMinutes, "notice_hours": s.NoticeHours,
		"horizon_days": s.HorizonDays, "late_minutes": s.LateMinutes, "online_url": s.OnlineURL,
		"external_url": s.ExternalURL, "external_body": s.ExternalBody, "responsible_id": s.ResponsibleID,
		"version": s.Version, "now": now,
	}
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func insertException(ctx context.Context, tx *tenant.Tx, e Exception) (int64, error) {
	return tenant.Exec(ctx, tx, sqlInsertException, tenant.Args{
		"id": e.ID, "office": e.OfficeID, "date": e.Date, "closed": e.Closed, "from": int(e.From), "to": int(e.To),
		"operators": e.Operators, "reason": e.Reason, "now": e.CreatedAt,
	})
}

func officeExceptions(ctx context.Context, q tenant.Querier, office OfficeID, first, last civil.Date) ([]Exception, error) {
	return tenant.All[Exception](ctx, q, sqlOfficeExceptions, tenant.Args{"office": office, "first": first, "last": last})
}

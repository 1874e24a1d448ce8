-- What citizens say about a page of the site. No name, no address, no session.

CREATE TABLE {t}.page_feedback (
    id         uuid PRIMARY KEY,
    page       text NOT NULL CONSTRAINT page_feedback_page_check CHECK (page LIKE '/%' AND length(page) <= 600),
    rating     integer NOT NULL CONSTRAINT page_feedback_rating_check CHECK (rating BETWEEN 1 AND 5),
    aspect     integer NOT NULL DEFAULT 0 CONSTRAINT page_feedback_aspect_check CHECK (aspect BETWEEN 0 AND 5),
    details    text NOT NULL DEFAULT '' CONSTRAINT page_feedback_details_check CHECK (length(details) <= 200),
    created_at timestamptz NOT NULL
);
CREATE INDEX page_feedback_created_at_idx ON {t}.page_feedback (created_at);
GRANT SELECT, INSERT ON {t}.page_feedback TO {role};

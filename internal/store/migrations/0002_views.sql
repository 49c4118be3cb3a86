-- What a person would want to query, as ordinary rows. Only what counts now, except where said.

CREATE VIEW visit_split AS -- visits that were split off their enterprise, with their corrections since
WITH RECURSIVE moved(act, visit_id, enterprise_id) AS (
  SELECT id, visit_id, enterprise_id FROM enterprise_act WHERE kind = 'split' AND until IS NULL
  UNION ALL
  SELECT moved.act, v.replaced_by, moved.enterprise_id FROM moved JOIN visit v ON v.id = moved.visit_id WHERE v.replaced_by IS NOT NULL)
SELECT visit_id, enterprise_id FROM moved m WHERE act = (SELECT max(act) FROM moved o WHERE o.visit_id = m.visit_id);

CREATE VIEW visit_view AS
SELECT v.*, e.root_id AS psu, r.name AS psu_name, s.sha256, s.name AS file, s.received_at, s.received_by
FROM visit v
JOIN submission s ON s.id = v.submission_id
LEFT JOIN visit_split x ON x.visit_id = v.id
JOIN enterprise e ON e.id = coalesce(x.enterprise_id, v.enterprise_id)
JOIN enterprise r ON r.id = e.root_id
WHERE v.until IS NULL;

CREATE VIEW visit_programme AS
SELECT v.id AS visit_id, v.college, v.year, j.value AS programme FROM visit v, json_each(v.programmes) j WHERE v.until IS NULL;

CREATE VIEW visit_ecosystem AS
SELECT v.id AS visit_id, v.college, v.year, j.value AS ecosystem FROM visit v, json_each(v.ecosystems) j WHERE v.until IS NULL;

CREATE VIEW visit_partnership AS
SELECT v.id AS visit_id, v.college, v.year, j.value AS partnership FROM visit v, json_each(v.partnership) j WHERE v.until IS NULL;

CREATE VIEW visit_covisitor AS
SELECT v.id AS visit_id, v.college, v.year, j.value AS faculty_id FROM visit v, json_each(v.co_visitors) j WHERE v.until IS NULL;

CREATE VIEW visit_cell AS -- every visit, current or not
SELECT v.id AS visit_id, json_extract(j.value, '$[0]') AS field, coalesce(json_extract(j.value, '$[3]'), v.sheet) AS sheet,
  json_extract(j.value, '$[1]') || (v.row + json_extract(j.value, '$[2]')) AS cell
FROM visit v JOIN cell_map m ON m.id = v.cell_map_id, json_each(m.cells) j;

CREATE VIEW job_view AS
SELECT j.*, v.year, v.day, v.faculty_id, v.enterprise_id, v.industry, v.size, v.region, s.sha256, s.name AS file
FROM job j JOIN visit v ON v.id = j.visit_id JOIN submission s ON s.id = v.submission_id
WHERE v.until IS NULL;

CREATE VIEW job_certificate AS
SELECT j.id AS job_id, j.college, substr(c.value, 1, instr(c.value || '/', '/') - 1) AS track,
  substr(c.value, instr(c.value || '/', '/') + 1) AS level
FROM job j JOIN visit v ON v.id = j.visit_id, json_each(j.certificates) c
WHERE v.until IS NULL;

CREATE VIEW rating_view AS -- one row a job and competency; NULL is missing, never zero
SELECT j.id AS job_id, j.visit_id, v.submission_id, j.college, v.year, j.programme, j.family, c.competency,
  nullif(CAST(substr(j.ratings, 3 * c.slot + 1, 1) AS INTEGER), 0) AS importance,
  nullif(CAST(substr(j.ratings, 3 * c.slot + 2, 1) AS INTEGER), 0) AS required,
  nullif(CAST(substr(j.ratings, 3 * c.slot + 3, 1) AS INTEGER), 0) AS graduate,
  j.sheet,
  c.importance_column || j.row AS importance_cell,
  c.required_column || j.row AS required_cell,
  c.graduate_column || j.row AS graduate_cell
FROM job j
JOIN visit v ON v.id = j.visit_id
JOIN rating_slot c ON c.layout_id = j.layout_id
WHERE v.until IS NULL;

-- Stands in for the view of the findings' workflow of the same name and parameter: here nobody can take a finding yet.
-- findings_untaken(now = '2026-11-21 02:30:00', UTC): critical findings that nobody took, and how long they have waited.
CREATE OR REPLACE VIEW findings_untaken AS
SELECT
    finding_id, feed, unit, rule, indicator, at,
    greatest(dateDiff('second', at, {now:DateTime64(3, 'UTC')}), 0) AS waited_s
FROM findings_in_force
WHERE severity = 'critical' AND state = 'open'
COMMENT 'điểm nghiêm trọng chưa ai nhận · critical findings that nobody took';

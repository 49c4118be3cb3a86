package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// KeepCodebook keeps the text of a codebook, so that what was made with it can be made again, and
// returns its SHA-256. The same text is kept once.
func (s *Store) KeepCodebook(ctx context.Context, id string, text []byte) (sum string, err error) {
	sum = sumOf(text)
	var n int
	if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM kept_codebook WHERE sha256 = ?", sum).Scan(&n); err != nil || n > 0 {
		return sum, explain(s.path, err)
	}
	_, err = inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		return struct{}{}, b.exec(ctx, "INSERT INTO kept_codebook (sha256, id, kept_at, text) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			sum, id, stampTime(s.now()), string(text))
	})
	return sum, err
}

// KeptCodebook returns the text of a codebook by its SHA-256; ErrNotFound where it was not kept.
func (r *Reader) KeptCodebook(ctx context.Context, sum string) ([]byte, error) {
	found, err := queryAll(ctx, r, func(t *[]byte) []any { return []any{t} }, "SELECT text FROM kept_codebook WHERE sha256 = ?", sum)
	if err == nil && len(found) == 0 {
		err = notFound("编码簿", "codebook")
	}
	if err == nil && sumOf(found[0]) != sum {
		err = damaged(r.path, fmt.Errorf("the kept codebook %s does not match its hash", sum))
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// DocumentsKey is one hash over the rosters, curricula, outcomes, proposals and decisions that
// count, whatever files they came in and in which order: what ContentKey is for visits.
func (r *Reader) DocumentsKey(ctx context.Context) (string, error) {
	type row struct{ kind, key, hash string }
	docs, err := queryAll(ctx, r, func(x *row) []any { return []any{&x.kind, &x.key, &x.hash} },
		"SELECT kind, key, content_sha256 FROM document WHERE "+counts, r.scope()...)
	if err != nil {
		return "", err
	}
	lines := make([]string, 0, len(docs)+1)
	for _, d := range docs {
		lines = append(lines, d.kind+" "+d.key+" "+d.hash)
	}
	register, err := r.LoadRegister(ctx)
	if err != nil {
		return "", err
	}
	text, err := registerText(register)
	c := newCanon("qianqi documents 1")
	c.set(append(lines, "register "+text))
	return c.sum(), err
}

// registerText writes a register without the cells it stood in.
func registerText(r *curriculum.Register) (string, error) {
	for i := range r.Proposals {
		p := &r.Proposals[i]
		p.At = survey.Ref{}
		for k := range p.Reviews {
			p.Reviews[k].At = survey.Ref{}
		}
	}
	for i := range r.Decisions {
		r.Decisions[i].At = survey.Ref{}
	}
	text, err := json.Marshal(r)
	return string(text), err
}

// CopyTo writes a compact copy of the database, without the originals, to a file that does not
// exist yet. Others may read and write meanwhile; the copy is of one moment.
func (r *Reader) CopyTo(ctx context.Context, path string) error {
	if sizeOf(path) >= 0 {
		return &Error{ErrExists, path, "已有文件 " + path + "。", "There is a file of that name already.", nil}
	}
	return r.vacuumInto(ctx, path)
}

// verifyRuns holds the record of every run that made figures against the hash that the audit log
// keeps of it, and every kept codebook against its own.
func (r *Reader) verifyRuns(ctx context.Context) ([]Finding, error) {
	type row struct {
		id             RunID
		record, detail string
	}
	rows, err := queryAll(ctx, r, func(x *row) []any { return []any{&x.id, &x.record, &x.detail} },
		"SELECT run.id, run.record, audit.detail FROM audit JOIN run ON audit.object = 'run/' || run.id WHERE audit.action IN ('run.finished', 'run.redacted') AND audit.detail <> '' ORDER BY audit.seq")
	last := make(map[RunID]string) // an erasure may have changed a record, and the log says to what
	for _, x := range rows {
		last[x.id] = x.detail
	}
	var found []Finding
	for _, x := range rows {
		if last[x.id] != x.detail {
			continue
		}
		if recordDetail(json.RawMessage(x.record)) != x.detail {
			found = append(found, Finding{Code: "S012", Fix: fixTamper,
				ZH: fmt.Sprintf("运行 %d 的记录与审计日志不符。", x.id), EN: fmt.Sprintf("The record of run %d is not the one that the audit log knows.", x.id)})
		}
	}
	if err != nil {
		return found, err
	}
	type kept struct{ sum, text string }
	books, err := queryAll(ctx, r, func(k *kept) []any { return []any{&k.sum, &k.text} }, "SELECT sha256, text FROM kept_codebook")
	for _, k := range books {
		if sumOf([]byte(k.text)) != k.sum {
			found = append(found, Finding{Code: "S013", Fix: fixTamper,
				ZH: "保存的编码簿 " + k.sum + " 已被改动。", EN: "The kept codebook " + k.sum + " was changed."})
		}
	}
	return found, err
}

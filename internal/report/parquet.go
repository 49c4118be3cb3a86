package report

import (
	"bytes"
	"fmt"
	"reflect"

	"github.com/parquet-go/parquet-go"
)

// Parquet is the table as a Parquet file: every column optional, texts as UTF-8, title, notes and
// heads in the file's key–value metadata. The same table gives the same bytes.
func (s *Dataset) Parquet() ([]byte, error) {
	record := s.recordType()
	var b bytes.Buffer
	options := []parquet.WriterOption{parquet.SchemaOf(reflect.New(record).Interface()), parquet.Compression(&parquet.Snappy),
		parquet.CreatedBy("qianqi", "", ""), parquet.KeyValueMetadata("title", s.Title.Both())}
	for i, n := range s.Notes {
		options = append(options, parquet.KeyValueMetadata(fmt.Sprintf("note.%d", i+1), n.Both()))
	}
	for _, c := range s.Columns {
		options = append(options, parquet.KeyValueMetadata("head."+c.Key, c.Head.Both()))
	}
	w := parquet.NewWriter(&b, options...)
	for _, r := range s.Rows {
		row := reflect.New(record)
		for i, v := range r {
			set(row.Elem().Field(i), v)
		}
		if err := w.Write(row.Interface()); err != nil {
			return nil, fmt.Errorf("report: %s as parquet: %w", s.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("report: %s as parquet: %w", s.Name, err)
	}
	return b.Bytes(), nil
}

// recordType is a struct with an optional field for every column, in order.
func (s *Dataset) recordType() reflect.Type {
	fields := make([]reflect.StructField, len(s.Columns))
	for i, c := range s.Columns {
		kind := [...]reflect.Type{reflect.TypeFor[*string](), reflect.TypeFor[*int64](), reflect.TypeFor[*float64]()}[c.Kind]
		fields[i] = reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: kind, Tag: reflect.StructTag(fmt.Sprintf("parquet:%q", c.Key+",optional"))}
	}
	return reflect.StructOf(fields)
}

// set puts a value into an optional field; nil leaves it out.
func set(field reflect.Value, v any) {
	if v == nil {
		return
	}
	value := reflect.New(field.Type().Elem())
	value.Elem().Set(reflect.ValueOf(v))
	field.Set(value)
}

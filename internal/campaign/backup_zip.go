package campaign

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/store"
)

// FindBackup returns the folder of a backup by its name, after reading all of it and finding it
// sound. ErrNotFound says that there is none of that name.
func FindBackup(ctx context.Context, dir, name string) (string, error) {
	all, err := Backups(dir)
	if err != nil {
		return "", err
	}
	for _, b := range all {
		if filepath.Base(b.Folder) == name {
			_, err := store.CheckBackup(ctx, b.Folder)
			return b.Folder, err
		}
	}
	return "", &store.Error{Kind: store.ErrNotFound, ZH: "没有这个备份。", EN: "There is no such backup."}
}

// WriteBackup writes the folder of a backup as a zip archive, a piece at a time. Unpacked it is the
// folder that Restore takes.
func WriteBackup(ctx context.Context, folder string, to io.Writer) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	archive := zip.NewWriter(to)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return errors.Join(ctx.Err(), addToArchive(archive, root, filepath.Base(folder), name, d))
	})
	return errors.Join(err, archive.Close())
}

// addToArchive adds one file. Originals are workbooks, which are compressed already.
func addToArchive(archive *zip.Writer, root *os.Root, top, name string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	method := zip.Store
	if strings.HasSuffix(name, ".db") || strings.HasSuffix(name, ".json") {
		method = zip.Deflate
	}
	entry, err := archive.CreateHeader(&zip.FileHeader{Name: path.Join(top, name), Method: method, Modified: info.ModTime().UTC()})
	if err != nil {
		return err
	}
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(entry, f)
	return err
}

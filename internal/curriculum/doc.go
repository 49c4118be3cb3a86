// Package curriculum is what a programme teaches and certifies, its competitions and
// outcomes, its proposals and decisions. All of it is decoded from workbooks and held as
// plain values; nothing here ever alters survey data.
package curriculum

ALTER TABLE "godwit_control"."lag_samples" ADD COLUMN "wal_status" text;--> statement-breakpoint
ALTER TABLE "godwit_control"."lag_samples" ADD COLUMN "safe_wal_bytes" bigint;--> statement-breakpoint
ALTER TABLE "godwit_control"."lag_samples" ADD COLUMN "oldest_transaction_seconds" double precision DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "godwit_control"."lag_samples" ADD COLUMN "stalled_seconds" double precision DEFAULT 0 NOT NULL;
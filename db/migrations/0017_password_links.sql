CREATE TABLE "godwit_control"."password_links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"on_behalf_of" text,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "password_links_endpoint_id_key" UNIQUE("endpoint_id")
);
--> statement-breakpoint
ALTER TABLE "godwit_control"."password_links" ADD CONSTRAINT "password_links_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "godwit_control"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
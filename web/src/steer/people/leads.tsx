// Annotators whom the evidence proposes as experts; a person decides.
import { Button, Group, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { me, queries } from "@/api/queries";
import { count, percent } from "@/shared/format";
import classes from "../steer.module.css";
import { Because } from "./because";
import { annotatorsOf, leadsOf } from "./reads";

const LEAD = "/api/v1/projects/{project}/leads/{lead}" as const;

export function Leads({ project }: { project: string }) {
  const { t } = useTranslation("steer");
  const { data } = useQuery(leadsOf(project));
  const open = data?.filter((one) => one.state === "open") ?? [];
  if (open.length === 0) return null;
  return (
    <section aria-labelledby="leads">
      <Title order={2} id="leads">
        {t("leads.title")}
      </Title>
      <Text c="dimmed" mb="xs">
        {t("leads.text")}
      </Text>
      {open.map((one) => (
        <LeadView key={one.id} lead={one} project={project} />
      ))}
    </section>
  );
}

function LeadView({ lead, project }: { lead: Shapes["Lead"]; project: string }) {
  const { t } = useTranslation("steer");
  const { data: person } = useQuery(me);
  const [declining, setDeclining] = useState(false);
  const decide = useMutation({
    mutationFn: ({ how, reason }: { how: "accept" | "decline"; reason: string }) =>
      ask(
        api.POST(`${LEAD}/${how}`, {
          params: { path: { project, lead: lead.id } },
          body: { reason },
        }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: leadsOf(project).queryKey });
      void queries.invalidateQueries({ queryKey: annotatorsOf(project).queryKey });
    },
  });
  const who = lead.name ?? lead.annotator;
  const { evidence } = lead;
  const may = person?.admin || person?.roles[project]?.includes("manager");
  return (
    <div className={classes.leadRow}>
      <Text>
        <b>{who}</b>{" "}
        <span className={classes.quiet}>
          {t("leads.evidence", {
            right: count(evidence.right),
            answers: count(evidence.answers),
            belief: percent(evidence.belief),
            bar: percent(evidence.bar, 0),
          })}
        </span>
      </Text>
      {may && !declining && (
        <Group gap="xs">
          <Button
            size="compact-md"
            loading={decide.isPending}
            onClick={() => decide.mutate({ how: "accept", reason: "" })}
          >
            {t("leads.accept", { who })}
          </Button>
          <Button size="compact-md" variant="default" onClick={() => setDeclining(true)}>
            {t("leads.decline")}
          </Button>
        </Group>
      )}
      {may && declining && (
        <Because
          label={t("leads.why", { who })}
          action={t("leads.keep")}
          pending={decide.isPending}
          onSend={(reason) => decide.mutate({ how: "decline", reason })}
          onCancel={() => setDeclining(false)}
        />
      )}
      {decide.error && <p role="alert">{decide.error.message}</p>}
    </div>
  );
}

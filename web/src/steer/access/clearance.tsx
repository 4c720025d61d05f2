// Which guarded items each may see, and what they say of themselves.
import { Button, TagsInput, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { Failed } from "@/shared/states";
import classes from "./access.module.css";
import { Rows } from "./rows";

type Known = Shapes["Known"];
const SAID = ["language", "domain", "conflict"] as const;

/** Shown where it matters: items name who may see them, or somebody has said or been granted something. */
export function Clearance({ project, manages }: { project: string; manages: boolean }) {
  const { t } = useTranslation("steer");
  const { data, error } = useQuery({
    queryKey: ["project", project, "clearance"],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/access", { params: { path: { project } } })),
  });
  if (error) return <Failed error={error} />;
  const told = (one: Known) => one.granted.length > 0 || SAID.some((kind) => one[kind]);
  if (!data || (data.asked.length === 0 && !data.members.some(told))) return null;
  return (
    <section aria-labelledby="clearance">
      <Title order={2} id="clearance">
        {t("access.clearance")}
      </Title>
      <Text c="dimmed" mb="xs">
        {data.asked.length > 0
          ? t("access.asked", { names: data.asked.join(", ") })
          : t("access.nothingAsked")}
      </Text>
      <Rows head={[t("access.name"), t("access.maySee"), ...SAID.map((kind) => t(`access.said.${kind}`))]}>
        {data.members.map((one) => (
          <tr key={one.name}>
            <th scope="row">{one.name ?? t("access.erased")}</th>
            <td>
              {manages && one.name ? (
                <Granted project={project} name={one.name} granted={one.granted} asked={data.asked} />
              ) : (
                one.granted.join(", ") || t("access.nothing")
              )}
            </td>
            {SAID.map((kind) => (
              <td key={kind}>
                {one[kind]?.join(", ") || t(kind === "conflict" ? "access.nothing" : "access.any")}
              </td>
            ))}
          </tr>
        ))}
      </Rows>
    </section>
  );
}

interface Editing {
  project: string;
  name: string;
  granted: string[];
  asked: string[];
}

function Granted({ project, name, granted, asked }: Editing) {
  const { t } = useTranslation("steer");
  const queries = useQueryClient();
  const [names, setNames] = useState(granted);
  const grant = useMutation({
    mutationFn: () =>
      ask(
        api.PUT("/api/v1/projects/{project}/access/{account}", {
          params: { path: { project, account: name } },
          body: { names },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["project", project, "clearance"] }),
  });
  return (
    <div className={classes.row}>
      <TagsInput
        aria-label={t("access.maySeeOf", { name })}
        data={asked}
        value={names}
        onChange={setNames}
        acceptValueOnBlur
        error={grant.error?.message}
      />
      <Button
        variant="default"
        aria-label={t("access.saveOf", { name })}
        loading={grant.isPending}
        disabled={String(names) === String(granted)}
        onClick={() => grant.mutate()}
      >
        {t("access.save")}
      </Button>
    </div>
  );
}

// Take the labels out, with what proves them; and what was taken out before.
import {
  Button,
  Checkbox,
  CopyButton,
  NumberInput,
  SegmentedControl,
  Select,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import {
  infiniteQueryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { guideOf } from "@/annotate/guide";
import type { Question } from "@/annotate/task";
import { api, ask, type Shapes } from "@/api/client";
import type { operations } from "@/api/schema";
import { count, moment, percent } from "@/shared/format";
import { handOver } from "@/shared/hand_over";
import { Failed, Loading, Refused } from "@/shared/states";
import { certified } from "../certificate";
import steer from "../steer.module.css";
import classes from "./exports.module.css";

const FORMATS = { jsonl: "JSON Lines", csv: "CSV", parquet: "Parquet" };
/** Formats for the labels of one step; they are offered where there is one whose labels they can hold. */
const OF_ONE = [
  {
    format: "conll",
    title: "CoNLL-2003",
    holds: ({ kind, options }: Question) => kind === "spans" && options.overlap !== true,
  },
  { format: "coco.json", title: "COCO", holds: ({ kind }: Question) => kind === "boxes" },
];
type Export = Shapes["Export"];
type Format = NonNullable<NonNullable<operations["labels_export"]["parameters"]["query"]>["format"]>;

const exportsOf = (project: string) =>
  infiniteQueryOptions({
    queryKey: ["project", project, "exports"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: before }) =>
      ask(
        api.GET("/api/v1/projects/{project}/exports", {
          params: { path: { project }, query: { before, limit: 50 } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export function Exports() {
  const { t } = useTranslation("steer");
  const { project } = useParams({ from: "/inside/projects/$project" });
  return (
    <div className={steer.page}>
      <div>
        <Title order={1}>{t("tabs.exports")}</Title>
        <Certificate project={project} />
      </div>
      <Take project={project} />
      <Past project={project} />
      <section aria-labelledby="verify">
        <Title order={2} id="verify" mb="xs">
          {t("exports.verify")}
        </Title>
        <Text mb="sm">{t("exports.verifyHow")}</Text>
        <pre className={classes.code}>{`unzip ${project}.zip\nquorate verify ${project}.jsonl`}</pre>
      </section>
    </div>
  );
}

/** How wrong the labels can be, in a sentence with its numbers. */
function Certificate({ project }: { project: string }) {
  const { t } = useTranslation("steer");
  const { data } = useQuery({
    queryKey: ["project", project, "certificate"],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/certificate", { params: { path: { project } } })),
  });
  if (!data) return <Text c="dimmed">&nbsp;</Text>;
  return <Text className={classes.certificate}>{certified(data, t)}</Text>;
}

function Take({ project }: { project: string }) {
  const { t } = useTranslation("steer");
  const queries = useQueryClient();
  const { data: guide } = useQuery(guideOf(project));
  const [format, setFormat] = useState("jsonl");
  const [step, setStep] = useState<string | null>(null);
  const stepsFor = (of: (typeof OF_ONE)[number] | undefined) =>
    (guide?.steps ?? []).filter(({ question }) => of?.holds(question)).map((one) => one.step);
  const able = OF_ONE.filter((one) => stepsFor(one).length > 0);
  const steps = stepsFor(able.find((one) => one.format === format));
  const narrow = useMediaQuery("(max-width: 32em)", false, { getInitialValueInEffect: false });
  const chosen = steps.find((one) => one === step) ?? steps[0];
  const whole = chosen === undefined;
  const [answers, setAnswers] = useState(false);
  const [decided, setDecided] = useState("all");
  const [sure, setSure] = useState<number | string>("");
  const [at, setAt] = useState("");
  const take = useMutation({
    mutationFn: () =>
      ask(
        api.GET("/api/v1/projects/{project}/export", {
          params: {
            path: { project },
            query: {
              format: format as Format,
              step: chosen,
              annotations: (answers && whole) || undefined,
              state: decided === "decided" ? decided : undefined,
              min_confidence: typeof sure === "number" ? sure / 100 : undefined,
              at: at ? new Date(at).toISOString() : undefined,
            },
          },
          parseAs: "blob",
        }),
      ),
    onSuccess: (file) => {
      handOver(file as Blob, `${project}.zip`);
      return queries.invalidateQueries({ queryKey: ["project", project, "exports"] });
    },
  });
  return (
    <section aria-labelledby="take" className={classes.form}>
      <Title order={2} id="take">
        {t("exports.take")}
      </Title>
      <SegmentedControl
        aria-label={t("exports.format")}
        orientation={narrow && able.length > 0 ? "vertical" : "horizontal"}
        value={format}
        onChange={setFormat}
        data={[
          ...Object.entries(FORMATS).map(([value, label]) => ({ value, label })),
          ...able.map(({ format, title }) => ({ value: format, label: title })),
        ]}
      />
      {steps.length > 1 && (
        <Select
          label={t("exports.step")}
          allowDeselect={false}
          value={chosen}
          onChange={setStep}
          data={steps}
        />
      )}
      <Checkbox
        label={t("exports.answers")}
        description={t(whole ? "exports.answersHint" : "exports.noAnswers")}
        checked={answers && whole}
        disabled={!whole}
        onChange={(event) => setAnswers(event.currentTarget.checked)}
      />
      <div className={classes.fields}>
        <Select
          label={t("exports.which")}
          allowDeselect={false}
          value={decided}
          onChange={(value) => setDecided(value ?? "all")}
          data={["all", "decided"].map((value) => ({ value, label: t(`exports.only.${value}`) }))}
        />
        <NumberInput
          label={t("exports.sure")}
          suffix=" %"
          min={0}
          max={100}
          value={sure}
          onChange={setSure}
        />
      </div>
      <TextInput
        type="datetime-local"
        label={t("exports.at")}
        description={t("exports.atHint")}
        value={at}
        onChange={(event) => setAt(event.currentTarget.value)}
      />
      <Button onClick={() => take.mutate()} loading={take.isPending}>
        {t("exports.download")}
      </Button>
      <Refused error={take.error} />
      <Text size="sm" c="dimmed">
        {t("exports.inside")}
      </Text>
    </section>
  );
}

function Past({ project }: { project: string }) {
  const { t } = useTranslation("steer");
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(exportsOf(project));
  const rows = data?.pages.flatMap((page) => page.exports) ?? [];
  return (
    <section aria-labelledby="past">
      <Title order={2} id="past" mb="xs">
        {t("exports.past")}
      </Title>
      {error ? (
        <Failed error={error} again={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Text c="dimmed">{t("exports.none")}</Text>
      ) : (
        <div className={steer.scroll}>
          <table className={steer.table}>
            <thead>
              <tr>
                {(["when", "who", "file", "records", "settings", "hash"] as const).map((name) => (
                  <th key={name} scope="col">
                    {t(`exports.column.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((one) => (
                <Row key={one.id} one={one} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {hasNextPage && (
        <Button variant="default" mt="sm" onClick={() => void fetchNextPage()}>
          {t("log.older")}
        </Button>
      )}
    </section>
  );
}

function Row({ one }: { one: Export }) {
  const { t } = useTranslation("steer");
  const { t: shared } = useTranslation();
  const settings = [
    one.annotations && t("exports.withAnswers"),
    one.only?.state && t(`state.${one.only.state}`),
    one.only?.step,
    one.only?.min_confidence != null && t("exports.atLeast", { share: percent(one.only.min_confidence) }),
    one.as_of && t("exports.asOf", { when: moment(one.as_of) }),
  ].filter(Boolean);
  return (
    <tr>
      <td>{moment(one.at)}</td>
      <td>{one.who ?? t("specs.operator")}</td>
      <th scope="row">{one.name}</th>
      <td>{count(one.records)}</td>
      <td>{settings.join(" · ") || t("exports.only.all")}</td>
      <td>
        <code>{one.sha256.slice(0, 12)}…</code>{" "}
        <CopyButton value={one.sha256}>
          {({ copied, copy }) => (
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={copy}
              aria-label={t("exports.copyHash", { name: one.name })}
            >
              {shared(copied ? "copied" : "copy")}
            </Button>
          )}
        </CopyButton>
      </td>
    </tr>
  );
}

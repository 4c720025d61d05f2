// /work/training/…: lessons to read, and practices that explain each answer at once.
import { Anchor, Button, Kbd, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { queries } from "@/api/queries";
import { useKeys } from "@/shared/keys";
import { Failed, Loading } from "@/shared/states";
import { Back } from "../back";
import { guideOf } from "../guide";
import { mediaOf } from "../item/media";
import Prose from "../item/prose";
import { Answer } from "../kinds/answer";
import { say, type Words } from "../task";
import { Ask } from "./ask";
import { standing, trainingOf } from "./reads";
import classes from "./trust.module.css";

type Lesson = Shapes["LessonPage"];
type Explained = Shapes["Explained"];

const LESSON = "/api/v1/projects/{project}/trainings/{training}/lessons/{lesson}" as const;

function readAgain(project: string, training: string): void {
  void queries.invalidateQueries({ queryKey: trainingOf(project, training).queryKey });
  void queries.invalidateQueries({ queryKey: standing.queryKey });
}

export function Training() {
  const { t, i18n } = useTranslation("annotate");
  const { project, name } = useParams({ from: "/inside/work/training/$project/$name" });
  const { data, error, refetch } = useQuery(trainingOf(project, name));
  const [chosen, setChosen] = useState<number | null>(null);
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  const words = (written: unknown) => say(written as Words, i18n.language);
  // Where one comes in; from then on only oneself turns the page, so that what is told stays to be read.
  const open = data.lessons.findIndex((one) => !one.read || one.practice.some((each) => !each.done));
  if (chosen === null) setChosen(Math.max(open, 0));
  const at = chosen ?? Math.max(open, 0);
  const lesson = data.lessons[at] as Lesson;
  return (
    <article className={classes.page}>
      <Back project={project} />
      <Title order={1}>{words(data.title) || t("trust.wanted.training", { name })}</Title>
      {data.done && (
        <p role="status">
          {t("trust.training.done")}{" "}
          <Anchor component={Link} to="/work">
            {t("trust.exam.toWork")}
          </Anchor>
        </p>
      )}
      <nav aria-label={t("trust.training.lessons")}>
        <ol className={classes.lessons}>
          {data.lessons.map((one, number) => (
            <li key={one.id}>
              <Button
                variant={number === at ? "light" : "default"}
                size="compact-md"
                aria-current={number === at ? "step" : undefined}
                onClick={() => setChosen(number)}
              >
                {number + 1}. {words(one.title)} {one.read && one.practice.every((each) => each.done) && "✓"}
              </Button>
            </li>
          ))}
        </ol>
      </nav>
      <LessonView
        key={lesson.id}
        {...{ project, training: name, lesson, number: at + 1, words }}
        onNext={at + 1 < data.lessons.length ? () => setChosen(at + 1) : undefined}
      />
    </article>
  );
}

interface Shown {
  project: string;
  training: string;
  lesson: Lesson;
  words: (written: unknown) => string;
}

function LessonView({
  number,
  onNext,
  ...shown
}: Shown & { number: number; onNext: (() => void) | undefined }) {
  const { t } = useTranslation("annotate");
  const { project, training, lesson, words } = shown;
  const read = useMutation({
    mutationFn: () =>
      ask(api.POST(`${LESSON}/read`, { params: { path: { project, training, lesson: lesson.id } } })),
    onSuccess: () => {
      readAgain(project, training);
      if (lesson.practice.length === 0) onNext?.();
    },
  });
  const left = lesson.practice.findIndex((one) => !one.done);
  return (
    <>
      <Title order={2}>{t("trust.training.lesson", { number, title: words(lesson.title) })}</Title>
      <Prose text={words(lesson.text)} />
      {lesson.media.map((one) => (
        <Medium key={one.url} project={project} medium={one} alt={words(one.alt)} />
      ))}
      {lesson.clause && <p className={classes.quiet}>§{lesson.clause}</p>}
      {!lesson.read ? (
        <div>
          <Button onClick={() => read.mutate()} loading={read.isPending}>
            {t("trust.training.read")}
          </Button>
        </div>
      ) : (
        <Practices {...shown} left={left} />
      )}
      {lesson.read && left < 0 && onNext && (
        <div>
          <Button onClick={onNext}>{t("trust.training.next")}</Button>
        </div>
      )}
      {read.error && <p role="alert">{read.error.message}</p>}
    </>
  );
}

function Medium({ project, medium, alt }: { project: string; medium: Shapes["LessonMedium"]; alt: string }) {
  const sha256 = medium.url.startsWith("media:") ? medium.url.slice(6) : undefined;
  const [found] = mediaOf({ project, body: null, media: [{ ...medium, sha256 }] });
  if (!found?.src) return null;
  const playing = { controls: true, src: found.src, "aria-label": alt, className: classes.media };
  if (found.type === "audio") return <audio {...playing} />;
  if (found.type === "video") return <video {...playing} />;
  return <img src={found.src} alt={alt} className={classes.media} />;
}

/** The practices of a lesson, one after the other; what is told of one stays until one goes on. */
function Practices({ project, training, lesson, words, left }: Shown & { left: number }) {
  const { t } = useTranslation("annotate");
  const [told, setTold] = useState<{ place: number; said: unknown; explained: Explained } | null>(null);
  const [tries, setTries] = useState(0);
  const answer = useMutation({
    mutationFn: ({ place, value }: { place: number; value: unknown }) =>
      ask(
        api.POST(`${LESSON}/practices/{place}`, {
          params: { path: { project, training, lesson: lesson.id, place } },
          body: { value: value as never },
        }),
      ),
    onSuccess: (explained, { place, value }) => {
      setTold({ place, said: value, explained });
      readAgain(project, training);
    },
  });
  const place = told?.place ?? left;
  const practice = lesson.practice[place];
  if (!practice) return null;
  const item = { project, body: practice.body, media: practice.media };
  return (
    <section aria-label={t("trust.training.practice", { number: place + 1, count: lesson.practice.length })}>
      <p className={classes.quiet}>
        {t("trust.training.practice", { number: place + 1, count: lesson.practice.length })}
      </p>
      {told ? (
        <ToldView
          {...told}
          {...{ project, step: practice.step, words }}
          onGoOn={() => {
            setTold(null);
            setTries(tries + 1);
          }}
        />
      ) : (
        <Ask
          key={`${place} ${tries}`}
          item={item}
          step={practice.step}
          does={t("trust.training.check")}
          busy={answer.isPending}
          said={answer.error?.message}
          onAnswer={(value) => answer.mutate({ place, value })}
        />
      )}
    </section>
  );
}

function ToldView(props: {
  project: string;
  step: string;
  said: unknown;
  explained: Explained;
  words: (written: unknown) => string;
  onGoOn: () => void;
}) {
  const { t } = useTranslation("annotate");
  const { explained, said, words, onGoOn } = props;
  const { data: guide } = useQuery(guideOf(props.project));
  const question = guide?.steps.find((one) => one.step === props.step)?.question;
  const shown = (value: unknown) => (question ? <Answer question={question} value={value} /> : String(value));
  const does = t(explained.right ? "trust.training.on" : "trust.training.again");
  useKeys([{ press: "Enter", does, run: onGoOn }]);
  return (
    <div className={classes.told} role="status" data-right={explained.right || undefined}>
      <p>
        {explained.right ? (
          <b>{t("trust.training.right")}</b>
        ) : (
          <>
            <b>{t("trust.training.wrong")}</b> {shown(explained.expected)}{" "}
            <span className={classes.quiet}>
              {t("trust.training.yours")}: {shown(said)}
            </span>
          </>
        )}
      </p>
      <p>
        {words(explained.why)} {explained.clause && `§${explained.clause}`}
      </p>
      <Button onClick={onGoOn} rightSection={<Kbd aria-hidden>Enter</Kbd>}>
        {does}
      </Button>
    </div>
  );
}

// In the header: which project, which question, what was done today, what is ready, what is not sent yet.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { count, exact, money } from "@/shared/format";
import { Header } from "@/shared/shell";
import { AHEAD } from "./desk/desk";
import type { DeskState } from "./desk/state";
import { guideOf, stepOf } from "./guide";
import { say } from "./task";
import { today } from "./today";
import classes from "./work.module.css";

export function Head({ state }: { state: DeskState }) {
  const { t, i18n } = useTranslation("annotate");
  const task = state.current?.task;
  const { data: guide } = useQuery({ ...guideOf(task?.project ?? ""), enabled: task !== undefined });
  const { data: day } = useQuery(today);
  const earned = day?.earned.filter((one) => Number(one.today) > 0) ?? [];
  const ahead = Math.min(state.ahead.length, AHEAD);
  return (
    <Header>
      <div className={classes.head}>
        <h1 className={classes.question}>
          {task ? (
            <>
              <span className={classes.project}>{task.project}</span>
              {" · "}
              {say(stepOf(guide, task)?.ask, i18n.language) || task.ask}
            </>
          ) : (
            t("title")
          )}
        </h1>
        <div className={classes.counts}>
          {(state.unsent > 1 || (state.unsent > 0 && state.hindrance)) && (
            <span className={classes.unsent} data-stuck={state.hindrance !== null || undefined}>
              {t("head.unsent", { count: state.unsent })}
            </span>
          )}
          {Number(task?.price) > 0 && task && (
            <span className={classes.ahead}>
              {t("head.price", { price: exact(task.price, task.currency) })}
            </span>
          )}
          {day && (
            <Link to="/work/answers" title={t("answers.open")}>
              {[
                t("head.today", { shown: count(day.answers_today) }),
                ...earned.map((one) => money(one.today, one.currency)),
              ].join(" · ")}
            </Link>
          )}
          <span className={classes.ahead}>
            <span aria-hidden="true">{"●".repeat(ahead) + "○".repeat(AHEAD - ahead)}</span>{" "}
            {t("head.ahead", { count: ahead })}
          </span>
        </div>
      </div>
    </Header>
  );
}

// The bar of what can be done, each with its key.
import { Button, Kbd, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { shown } from "./hotkeys";
import classes from "./work.module.css";

interface Bar {
  keys: { undo: string; skip: string; flag: string; guideline: string };
  canUndo: boolean;
  clause: string | null;
  open: boolean;
  complaint: string | null;
  revising: boolean;
  onUndo: () => void;
  onSkip: () => void;
  onFlag: () => void;
  onGuideline: () => void;
  onSubmit: () => void;
}

export function Foot(bar: Bar) {
  const { t } = useTranslation("annotate");
  const { keys, clause } = bar;
  return (
    <footer className={classes.foot}>
      <div className={classes.acts}>
        <Act press={keys.undo} words={t("act.undo")} onClick={bar.onUndo} disabled={!bar.canUndo} />
        <Act press={keys.skip} words={t("act.skip")} onClick={bar.onSkip} />
        <Act press={keys.flag} words={t("act.flag")} onClick={bar.onFlag} />
        <Act
          press={keys.guideline}
          words={clause ? t("act.guidelineAt", { clause }) : t("act.guideline")}
          onClick={bar.onGuideline}
          pressed={bar.open}
        />
      </div>
      <div className={classes.complaint} role="alert">
        {bar.complaint}
      </div>
      <Button
        className={classes.submit}
        onClick={bar.onSubmit}
        rightSection={
          <Kbd className={classes.enter} aria-hidden>
            Enter
          </Kbd>
        }
      >
        {t(bar.revising ? "act.revise" : "act.submit")}
      </Button>
    </footer>
  );
}

function Act(act: {
  press: string;
  words: string;
  onClick: () => void;
  disabled?: boolean;
  pressed?: boolean;
}) {
  return (
    <UnstyledButton
      className={classes.act}
      onClick={act.onClick}
      disabled={act.disabled}
      aria-expanded={act.pressed}
      aria-keyshortcuts={act.press}
    >
      <Kbd aria-hidden>{shown(act.press)}</Kbd>
      {act.words}
    </UnstyledButton>
  );
}

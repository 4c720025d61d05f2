// One's own settings: password, tokens, language, colours.
import { Anchor, SegmentedControl, Select, Stack, Switch, Title, useMantineColorScheme } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LANGUAGES } from "@/shared/i18n";
import { lettersAreKeys, setLettersAreKeys } from "@/shared/keys";
import classes from "./account.module.css";
import { Fitness } from "./fitness";
import { WorkingHours } from "./hours";
import { Password } from "./password";
import { Tokens } from "./tokens";

export function Account() {
  const { t } = useTranslation("account");
  return (
    <Stack className={classes.page} gap="xl">
      <Title order={1}>{t("title")}</Title>
      <Anchor component={Link} to="/work/earnings">
        {t("earnings")}
      </Anchor>
      <Anchor component={Link} to="/work/answers">
        {t("answers")}
      </Anchor>
      <WorkingHours />
      <Looks />
      <Fitness />
      <Password />
      <Tokens />
    </Stack>
  );
}

function Looks() {
  const { t, i18n } = useTranslation("account");
  const { t: shared } = useTranslation();
  const [letters, setLetters] = useState(lettersAreKeys);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <section aria-labelledby="looks">
      <Title order={2} id="looks" mb="sm">
        {t("looks.title")}
      </Title>
      <Stack align="flex-start">
        <Select
          label={shared("language")}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          value={i18n.language}
          allowDeselect={false}
          onChange={(language) => language && void i18n.changeLanguage(language)}
        />
        <SegmentedControl
          aria-label={shared("scheme.label")}
          value={colorScheme}
          onChange={(value) => setColorScheme(value as typeof colorScheme)}
          data={(["auto", "light", "dark"] as const).map((value) => ({
            value,
            label: shared(`scheme.${value}`),
          }))}
        />
        <Switch
          label={t("looks.letters")}
          description={t("looks.lettersHelp")}
          checked={letters}
          onChange={({ currentTarget: { checked } }) => {
            setLettersAreKeys(checked);
            setLetters(checked);
          }}
        />
      </Stack>
    </section>
  );
}

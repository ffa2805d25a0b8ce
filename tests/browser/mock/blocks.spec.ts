import { expect, test } from "../fixtures";

test("quick replies send a choice and stay marked", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("choices");
    await visitor.page.getByRole("button", { name: "Tomorrow" }).click();
    await expect(visitor.bubble("visitor", "Tomorrow")).toBeVisible();
    await expect(visitor.bubble("bot", "You said: tomorrow")).toBeVisible();
    expect(server.acts[1]).toMatchObject({ type: "choice", value: "tomorrow" });
    await expect(visitor.page.getByRole("button", { name: "Tomorrow" })).toHaveClass(/picked/);
});

test("a menu sends commands", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("menu");
    await visitor.log.getByRole("button", { name: "Opening hours" }).click();
    await expect(visitor.bubble("bot", "Today we are open")).toBeVisible();
    expect(server.acts[1]).toMatchObject({ type: "command", name: "hours", args: {} });
});

test("a form says what is missing, then sends what was filled in", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("form");
    const form = visitor.page.locator("form.form");
    await form.getByRole("button", { name: "Ask for the table" }).click();
    await expect(form.getByLabel("Your name")).toBeFocused();
    await expect(form.getByLabel("Your name")).toHaveAttribute("aria-invalid", "true");
    await expect(form.locator(".field .error:visible")).toHaveText([
        /fill out/, /fill out/, /fill out/, /fill out/, /check this box/, // the browser's own words
    ]);
    await form.getByLabel("Your name").fill("Ada Lovelace");
    await form.getByLabel("E-mail").fill("ada");
    await form.getByLabel("People").fill("40");
    await form.getByLabel("Day").fill("2030-05-04");
    await form.getByLabel("Phone").fill("call me");
    await form.getByLabel("You may use").check();
    await form.getByRole("button", { name: "Ask for the table" }).click();
    await expect(form.locator(".field .error:visible")).toHaveText([
        /'@' in the email address/, "Please enter a phone number such as +49 30 123456.", /equal to 12/,
    ]);
    await form.getByLabel("E-mail").fill("ada@example.com");
    await form.getByLabel("Phone").fill("+49 30 123456");
    await form.getByLabel("People").fill("4");
    await form.getByLabel("Room").selectOption("garden");
    await form.getByRole("button", { name: "Ask for the table" }).click();
    await expect(visitor.page.locator(".done")).toHaveText("✓ Sent");
    await expect(visitor.bubble("bot", "Thank you, we have your lead.")).toBeVisible();
    expect(server.acts[1]).toMatchObject({
        type: "form", form: "lead",
        fields: {
            name: "Ada Lovelace", email: "ada@example.com", phone: "+49 30 123456", people: 4, day: "2030-05-04",
            room: "garden", consent: true,
        },
    });
});

test("a form that the server refuses shows why and can be sent again", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("form");
    const form = visitor.page.locator("form.form");
    await form.getByLabel("Your name").fill("Ada");
    await form.getByLabel("E-mail").fill("ada@example.com");
    await form.getByLabel("People").fill("4");
    await form.getByLabel("Day").fill("2030-05-04");
    await form.getByLabel("You may use").check();
    server.faults.error = { code: "invalid", title: "Please look again.", errors: [{ pointer: "/fields/day", detail: "We are closed that day." }] };
    await form.getByRole("button", { name: "Ask for the table" }).click();
    await expect(form.getByText("We are closed that day.")).toBeVisible();
    await expect(form.getByLabel("Day")).toBeFocused();
    await expect(visitor.log.locator(".failed")).toHaveCount(0);
    await form.getByLabel("Day").fill("2030-05-05");
    await form.getByRole("button", { name: "Ask for the table" }).click();
    await expect(visitor.page.locator(".done")).toBeVisible();
});

test("cards, card, image, file, source and rating are drawn", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("cards");
    await expect(visitor.log.getByRole("article")).toHaveCount(3);
    await visitor.log.getByRole("button", { name: "Order this" }).first().click();
    await expect(visitor.bubble("bot", "You said: order Apple cake")).toBeVisible();
    await visitor.say("card");
    await expect(visitor.log.getByRole("link", { name: "The garden room" })).toHaveAttribute("href", "https://example.com/garden");
    await visitor.say("image");
    await expect(visitor.log.getByRole("img", { name: "The garden in May" })).toBeVisible();
    await visitor.say("file");
    await expect(visitor.log.getByRole("link", { name: /menu\.pdf.*184.3 kB/ })).toHaveAttribute("rel", /noopener/);
    await visitor.say("source");
    await expect(visitor.log.getByRole("link", { name: /^Opening hours/ })).toBeVisible();
    await visitor.say("rating");
    await visitor.log.getByRole("button", { name: "4 of 5" }).click();
    await expect.poll(() => server.acts.at(-1)).toMatchObject({ type: "form", form: "rating", fields: { rating: 4 } });
});

test("an unknown block is shown as its text, one without text not at all", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("unknown");
    await expect(visitor.bubble("bot", "A kind of block from the future.")).toBeVisible();
    server.say(server.only(), [{ kind: "__proto__", text: "odd" }, { kind: "void" }, "nonsense", null, { kind: "text", text: "fine" }]);
    await expect(visitor.bubble("bot", "fine")).toBeVisible();
    await expect(visitor.bubble("bot", "odd")).toBeVisible();
});

test("text has links and bold, and no other markup", async ({ visitor }) => {
    await visitor.arrive();
    await visitor.say("rich");
    const bubble = visitor.bubble("bot", "Some bold words");
    await expect(bubble.locator("strong")).toHaveText("bold");
    await expect(bubble.getByRole("link")).toHaveText(["https://example.com/a_(b)?c=1", "hello@example.com"]);
    await expect(bubble.locator("p")).toHaveCount(2);
});

test("the command menu works by keyboard alone", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.input.focus();
    await visitor.page.keyboard.type("/");
    const list = visitor.page.getByRole("listbox", { name: "Commands" });
    await expect(list.getByRole("option")).toHaveCount(6);
    await visitor.page.keyboard.press("ArrowDown");
    await visitor.page.keyboard.press("ArrowUp");
    await visitor.page.keyboard.press("ArrowUp");
    await expect(list.locator("[aria-selected=true]")).toContainText("Start again");
    await visitor.page.keyboard.type("weddings");
    await expect(list.getByRole("option")).toHaveText([/Catering and events/]);
    await expect(visitor.input).toHaveAttribute("aria-activedescendant", "c0");
    await visitor.page.keyboard.press("Escape");
    await expect(list).toBeHidden();
    await visitor.input.fill("");
    await visitor.page.keyboard.type("/hou");
    await visitor.page.keyboard.press("Enter");
    await expect(visitor.bubble("visitor", "Opening hours")).toBeVisible();
    await expect(visitor.bubble("bot", "Today we are open")).toBeVisible();
    await expect(visitor.input).toBeFocused();
    await visitor.say("/book for four");
    await expect.poll(() => server.acts.map((a) => [a.name, a.args])).toEqual([["hours", {}], ["book", { text: "for four" }]]);
});

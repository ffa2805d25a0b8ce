// What the mock's bot answers: one reply for each kind of block, so that a
// test asks for a block by its name.

export const bot = {
    name: "Café Lindenhof",
    locale: "en",
    /** @type {{ accent: string, powered_by?: string }} */
    theme: { accent: "#0f766e" },
    greeting: "Hello! Ask about our opening hours, the menu or a table. **Usually answers at once.**",
    /** @type {{ name: string, title: string, hint: string, group?: string }[]} */
    menu: [
        { name: "hours", title: "Opening hours", hint: "Today and the rest of the week" },
        { name: "book", title: "Book a table", hint: "For up to twelve people" },
        { name: "contact", title: "Contact and address", hint: "Phone, e-mail, how to find us" },
        { name: "services", title: "Catering and events", hint: "Birthdays, meetings, weddings" },
        { name: "human", title: "Talk to a person", hint: "Mon to Fri, 9 to 17" },
        { name: "restart", title: "Start again", hint: "" },
    ],
};

const picture = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const dish = (title, text) => ({
    title, text, image: { url: picture, alt: title }, actions: [{ label: "Order this", value: `order ${title}` }],
});

export const leadForm = {
    kind: "form", form: "lead", title: "Book a table", text: "We confirm within the hour.", submit: "Ask for the table",
    fields: [
        { name: "name", type: "text", label: "Your name", required: true },
        { name: "email", type: "email", label: "E-mail", required: true, hint: "Only for this booking." },
        { name: "phone", type: "phone", label: "Phone" },
        { name: "people", type: "number", label: "People", required: true, min: 1, max: 12 },
        { name: "day", type: "date", label: "Day", required: true },
        { name: "hour", type: "time", label: "Time" },
        { name: "room", type: "select", label: "Room", options: [{ label: "Garden", value: "garden" }, { label: "Hall", value: "hall" }] },
        { name: "wishes", type: "textarea", label: "Wishes" },
        { name: "consent", type: "consent", label: "You may use these details to answer me.", required: true },
    ],
};

const text = (words) => ({ kind: "text", text: words });
const replies = {
    choices: [text("When would you like to come?"), {
        kind: "choices", options: ["Today", "Tomorrow", "At the weekend"].map((label) => ({ label, value: label.toLowerCase() })),
    }],
    menu: [{ kind: "menu", text: "Here is what I can do.", items: bot.menu.slice(0, 3) }],
    card: [{ kind: "card", url: "https://example.com/garden", ...dish("The garden room", "Forty seats under the lime trees.") }],
    cards: [{
        kind: "cards", text: "Three favourites:",
        cards: [dish("Apple cake", "With cinnamon, 4.20 €"), dish("Quiche", "Leek and cheese, 8.90 €"), dish("Soup of the day", "With bread, 6.50 €")],
    }],
    form: [text("With pleasure. A few details, please:"), leadForm],
    image: [{ kind: "image", url: picture, alt: "The garden in May", width: 320, height: 200 }],
    file: [{ kind: "file", url: "https://example.com/menu.pdf", name: "menu.pdf", size: 184320 }],
    source: [text("We are closed on Mondays."), { kind: "source", title: "Opening hours", url: "https://example.com/hours" }],
    rating: [{ kind: "rating", text: "How was this chat?", max: 5 }],
    unknown: [{ kind: "hologram", text: "A kind of block from the future." }],
    hours: [text("**Today** we are open from 9:00 to 18:00.\nSee https://example.com/hours for the holidays.")],
    rich: [text("Some **bold** words, a link https://example.com/a_(b)?c=1, and mailto:hello@example.com.\n\nA second paragraph.")],
};

/** The blocks that answer one act of the visitor. */
export function answer(act) {
    const words = act.type === "message" ? act.text : act.type === "choice" ? act.value : act.type === "command" ? act.name : "submitted";
    const key = words.trim().toLowerCase();
    if (act.type === "form") return [text(`Thank you, we have your ${act.form}.`)];
    return Object.hasOwn(replies, key) ? replies[key] : [text(`You said: ${words}`)];
}

/** What the visitor's own message looks like when the server repeats it. */
export function spoken(act) {
    const words = { message: act.text, choice: act.value, command: `/${act.name}`, form: "✓" }[act.type];
    return [text(words)];
}

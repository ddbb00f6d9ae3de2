const form = document.getElementById("order");
const answer = document.getElementById("answer");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const data = new FormData(form);
  const response = await fetch("/api/orders", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ item: data.get("item"), amount: Number(data.get("amount")) }),
  });
  const body = await response.json();
  answer.textContent = response.ok ? `Order ${body.id} is placed.` : body.error;
});

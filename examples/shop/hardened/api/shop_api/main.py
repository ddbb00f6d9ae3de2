"""The web application: place an order, fetch its receipt."""

from flask import Flask, jsonify, request

from shop_api import store

application = Flask(__name__)
application.config["MAX_CONTENT_LENGTH"] = 16 * 1024
store.create_schema()


@application.get("/api/health")
def health():
    """Answers as long as the process does."""
    return jsonify(status="ok")


@application.post("/api/orders")
def place_order():
    """Takes an order."""
    body = request.get_json(silent=True) or {}
    item, amount = body.get("item"), body.get("amount")
    if not isinstance(item, str) or not item or not isinstance(amount, int) or amount < 1:
        return jsonify(error="an order needs an item and a positive amount"), 400
    return jsonify(id=store.add_order(item[:200], amount)), 201


@application.get("/api/orders/<int:order_id>/receipt")
def get_receipt(order_id: int):
    """Hands out the receipt of an order."""
    receipt = store.receipt(order_id)
    if receipt is None:
        return jsonify(error="no receipt yet"), 404
    return jsonify(receipt=receipt)

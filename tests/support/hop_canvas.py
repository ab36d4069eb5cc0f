"""What the canvas of the hop graph shows, asked inside the page: scripts for `canvas.evaluate`."""

GRAPH = "canvas => canvas.hopGraph?.network ? canvas.hopGraph.data.nodes.map(node => node.id) : []"
"""The ids of the artists, in the order of the data; none before the graph stands."""

PLACED = "canvas => Object.keys(canvas.hopGraph?.network?.getPositions() ?? {}).length"
"""How many artists have a place."""

NODES_IN_SIGHT = """canvas => {
    const network = canvas.hopGraph.network, frame = canvas.getBoundingClientRect();
    const places = canvas.hopGraph.data.nodes.slice(1).map(node => {
        const place = network.canvasToDOM(network.getPosition(node.id));
        return {id: node.id, x: place.x, y: place.y};
    });
    return places.filter(({id, x, y}) => x > 5 && y > 60 && x < frame.width - 5 && y < frame.height - 5
        && network.getNodeAt({x, y}) === id);
}"""
"""Id and place of each artist that a click on the canvas would hit, but for the one in the middle."""
